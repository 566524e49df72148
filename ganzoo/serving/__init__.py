"""What a model becomes when it is exported: signatures, files, and the proof that they are right.

Knows no model: a model's `export_endpoints` says what there is to export.
"""

from ganzoo.serving.encoding_endpoints import encoding_endpoints
from ganzoo.serving.endpoint import Endpoint, require
from ganzoo.serving.export import FORMATS, at_precision, export_model, live_endpoints
from ganzoo.serving.exported import ExportedModel, is_saved_model
from ganzoo.serving.label_map_endpoints import label_map_endpoints
from ganzoo.serving.latent_endpoints import latent_endpoints
from ganzoo.serving.onnx import onnx_endpoints
from ganzoo.serving.translation_endpoints import translation_endpoints

__all__ = [
    "FORMATS",
    "Endpoint",
    "ExportedModel",
    "at_precision",
    "encoding_endpoints",
    "export_model",
    "is_saved_model",
    "label_map_endpoints",
    "latent_endpoints",
    "live_endpoints",
    "onnx_endpoints",
    "require",
    "translation_endpoints",
]
