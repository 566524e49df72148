"""What a `GANModel` does beyond Keras's own to be saved, loaded and exported."""

import inspect

import keras

from ganzoo import serving


class SavingAndExport:
    """The part of a `GANModel` that turns it into files, and files into it."""

    def get_config(self):
        """Returns the constructor's arguments."""
        return super().get_config() | {name: getattr(self, name) for name in self.setting_names()}

    @classmethod
    def setting_names(cls) -> list[str]:
        """Returns the names of the constructor's arguments, but for `keras.Model`'s own."""
        return sorted(inspect.signature(cls).parameters.keys() - {"kwargs"})

    def get_compile_config(self):
        if not self.compiled:
            return None
        return self._compile_settings | {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in ("generator_optimizer", "discriminator_optimizer")
        }

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def export(
        self, filepath, format="tf_saved_model", verbose=None, *, jit_compile=False, **kwargs
    ) -> dict[str, dict]:
        """Writes the networks that sample, without a discriminator, and verifies what it wrote.

        Each written endpoint is asked for the same examples as the model is. If one differs by more
        than 1e-4, or 1 of 255, nothing is exported, and that is an error.

        Args:
            filepath: the SavedModel's folder, or the ONNX file; it must not exist, and appears
                complete or not at all.
            format: `"tf_saved_model"`, with all that `export_endpoints` states; or `"onnx"`, with
                one endpoint of floats, by default `serving_default`.
            verbose: whether Keras prints the signatures.
            jit_compile: of a SavedModel: whether XLA compiles its networks.
            **kwargs: of `keras.export.ExportArchive.write_out`; of ONNX, `endpoint` and
                `opset_version`.

        Returns:
            By endpoint, how much it differs from the model.

        Raises:
            InputError: for another format.
            ResourceError: if `filepath` exists, cannot be written, or answers otherwise.
        """
        if format == "tf_saved_model":
            kwargs |= {"verbose": bool(verbose)}
        return serving.export_model(self, filepath, format, jit_compile=jit_compile, **kwargs)
