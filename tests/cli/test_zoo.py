"""`models`, `presets` and `show`."""

import ganzoo
from ganzoo import DCGAN, registry


def test_models_are_listed_with_their_batch_format_and_presets(command):
    code, output, _ = command("models")
    assert code == 0
    assert "\ndcgan        images    " in output
    assert "presets: dcgan/celeb_a, " in output


def test_presets_are_listed_and_shown_as_they_are_written(command):
    assert "dcgan/celeb_a_paper\n" in command("presets")[1]
    assert "arXiv:1511.06434" in command("show dcgan/celeb_a")[1]


def test_an_unknown_preset_is_refused(refused):
    refused({"show dcgan/minst": (2, "did you mean 'dcgan/mnist'")})


def test_a_model_without_presets_shows_the_settings_that_it_is_trained_with(
    command, monkeypatch, tmp_path
):
    monkeypatch.setattr(registry, "_targets", dict(registry._targets))
    ganzoo.register_model("my_gan", DCGAN)
    code, output, _ = command("show my_gan")
    first, _, settings = output.partition("\n")
    assert (code, first) == (
        0,
        "# my_gan has no preset; this is the recipe of my_gan, as no preset is for 'sample' "
        "(batch_size=128, epochs=25, sample_count=64).",
    )
    (tmp_path / "my.yaml").write_text(settings)
    assert ganzoo.load_config(str(tmp_path / "my.yaml")) == ganzoo.load_config("my_gan")
