"""The report of a dataset that was checked, and its text."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class DatasetReport:
    """What `check_dataset` found; as text it is what `ganzoo data check` prints.

    Attributes:
        dataset, model, batch_format, split: what was checked.
        counts: how many examples can be read, by source; an unpaired dataset has two.
        sizes: how many images there are of each `(height, width)`.
        channels: of the images.
        classes: how many images each class has.
        attributes: of how many images each attribute is true.
        class_pixels: how many pixels of label maps each class has.
        unreadable: the error for each file that cannot be read, with its name.
        copies: groups of images that are copies of each other, by name.
        shared: for each two splits, such as `("train", "test")`, the pictures that both have, by
            name in the one and in the other.
        misaligned: an estimate of the fraction of pairs that do not belong together; None if there
            are none, or too few to tell.
        cache_bytes: the size of the images that are trained on, decoded and resized.
        cache_place: where they are cached: in memory, in files, or not at all.
        steps_per_epoch: the number of batches to train on.
        seconds_per_step: of training here; None if it was not timed.
        findings: what should be known before training, a line each.
        problems: why training would fail, a line each.
    """

    dataset: str
    model: str
    batch_format: str
    split: str
    counts: dict[str, int] = field(default_factory=dict)
    sizes: dict[tuple[int, int], int] = field(default_factory=dict)
    channels: tuple[int, ...] = ()
    classes: dict[str, int] = field(default_factory=dict)
    attributes: dict[str, int] = field(default_factory=dict)
    class_pixels: tuple[int, ...] = ()
    unreadable: list[str] = field(default_factory=list)
    copies: list[list[str]] = field(default_factory=list)
    shared: dict[tuple[str, str], list[tuple[str, str]]] = field(default_factory=dict)
    misaligned: float | None = None
    cache_bytes: int = 0
    cache_place: str = ""
    steps_per_epoch: int = 0
    seconds_per_step: float | None = None
    findings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __str__(self):
        lines = [f"{self.dataset}, for {self.model}"]
        lines += [f"  {title:9} {text}" for title, text in self._summary().items() if text]
        for title, found in (("Training fails:", self.problems), ("Findings:", self.findings)):
            if found:
                lines += [title, *(f"  {line}" for line in found)]
        return "\n".join(lines if self.findings or self.problems else [*lines, "Nothing found."])

    def _summary(self):
        few, many = min(self.classes.values(), default=0), max(self.classes.values(), default=0)
        seconds = self.steps_per_epoch * (self.seconds_per_step or 0)
        return {
            "format": f"{self.batch_format}, split {self.split}",
            "examples": ", ".join(f"{count:,} in {name}" for name, count in self.counts.items()),
            "sizes": self.sizes and _sizes_text(self.sizes),
            "channels": ", ".join(map(str, self.channels)),
            "classes": self.classes and f"{len(self.classes)}, of {few:,} to {many:,} images",
            "attributes": ", ".join(
                f"{name} {count / max(1, sum(self.counts.values())):.1%}"
                for name, count in self.attributes.items()
            ),
            "pixels": ", ".join(
                f"{number}: {count / sum(self.class_pixels):.1%}"
                for number, count in enumerate(self.class_pixels)
            ),
            "cache": self.counts and f"{self.cache_bytes / 2**20:,.1f} MiB, {self.cache_place}",
            "epoch": seconds
            and f"about {_duration(seconds)}: {self.steps_per_epoch:,} steps of "
            f"{self.seconds_per_step:.2g} s, timed here on batches of noise",
        }


def _sizes_text(sizes):
    (height, width), heights, widths = max(sizes, key=sizes.get), *zip(*sizes, strict=True)
    if len(sizes) == 1:
        return f"{width}x{height}"
    return (
        f"{len(sizes):,}, from {min(widths)} to {max(widths)} wide and {min(heights)} to "
        f"{max(heights)} high; {width}x{height} most often"
    )


def _duration(seconds):
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 1 else "a second"
