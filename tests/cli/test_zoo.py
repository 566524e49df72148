"""`models`, `presets` and `show`."""


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
