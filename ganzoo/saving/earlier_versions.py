"""What earlier versions called things in the files that they wrote."""

_PRESENT_NAMES = {
    # In `health.json` and in the state of `callbacks.Health`.
    "looks": "consecutive",
    "most": "highest_diversity",
    "first": "first_thumbnails",
    "play": "pair",
    "won": "discriminator_dominates",
}


def present_name(word: str) -> str:
    """Returns what a key or verdict of an earlier version is called now; others are returned."""
    return _PRESENT_NAMES.get(word, word)
