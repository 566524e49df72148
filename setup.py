"""Packaging of ganzoo; the distribution is called keras-ganzoo (see README.md)."""

import re
from pathlib import Path

from setuptools import find_packages, setup

HERE = Path(__file__).parent
VERSION = re.search(
    r'^__version__ = "(.+)"$', (HERE / "ganzoo/__init__.py").read_text(encoding="utf-8"), re.M
)[1]

setup(
    name="keras-ganzoo",
    version=VERSION,
    description="A model zoo of generative adversarial networks for Keras 3 and TensorFlow",
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    license_files=["LICENSE", "ganzoo/data/sample/LICENSE"],
    python_requires=">=3.11",
    packages=find_packages(include=["ganzoo", "ganzoo.*", "zoo_configs"]),
    package_data={
        "ganzoo.data": ["sample/*"],
        "ganzoo.metrics": ["garments.npz"],
        "ganzoo.runs": ["pretrained/*/*/*", "pretrained/*/*/samples/*"],
        "ganzoo.web": ["assets/*"],
        "zoo_configs": ["*/*.yaml"],
    },
    # Lower bounds are the oldest releases that the fast tests were run on, except click's: from 8.4
    # on it names the command closest to a wrong one.
    install_requires=[
        "tensorflow>=2.20,<3",
        "keras>=3.11,<4",
        "tensorboard>=2.19",  # TensorFlow 2.21 no longer brings it
        "tensorflow-datasets>=4.9.10",
        "importlib_resources",  # tensorflow-datasets imports it and does not install it
        "numpy>=1.26",
        "pillow>=10.3",
        "pyyaml>=6",
        "click>=8.4",
        "tqdm>=4.66",
        "werkzeug>=3.0.6",  # TensorBoard brings it
    ],
    extras_require={
        "serving": ["tensorflow-serving-api>=2.19"],  # warm-up requests
        "onnx": ["tf2onnx>=1.17", "onnx>=1.20", "onnxruntime>=1.24"],
        "hub": ["huggingface_hub>=1.0"],  # runs on the Hugging Face Hub
        "video": ["imageio-ffmpeg>=0.6"],  # for .mp4; brings ffmpeg itself
        "test": [
            "pytest>=8",
            "pytest-xdist>=3.6",
            "ruff>=0.15",
            "build>=1.2",
            "keras-ganzoo[serving,onnx,video,hub]",
            "selenium>=4.30",  # the page in Debian's Chromium
            "prdc>=0.2",  # these two to compare the metrics with
            "scikit-image>=0.24",
            "nbclient>=0.10",  # these three for docs/notebooks
            "ipykernel>=6.29",
            "matplotlib>=3.9",
        ],
        # Gigabytes, for the slow tests that compare the metrics with PyTorch's packages.
        "peers": ["torch>=2.5", "torch-fidelity>=0.4", "clean-fid>=0.1.35"],
    },
    entry_points={"console_scripts": ["ganzoo = ganzoo.cli:main"]},
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3.11",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
        "Topic :: Scientific/Engineering :: Image Processing",
    ],
)
