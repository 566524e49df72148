"""Help in sections: options under titles, commands by their theme. Click has one list of each."""

import functools

import click


class Option(click.Option):
    """An option that the help of its command lists under a title."""

    def __init__(self, *arguments, title="Options", **settings):
        super().__init__(*arguments, **settings)
        self.title = title


def options_titled(title: str):
    """Returns `click.option`, of options that stand under that title."""
    return functools.partial(click.option, cls=Option, title=title)


class Command(click.Command):
    """A command whose help lists options under their titles, in the order of their definition."""

    def format_options(self, ctx, formatter):
        sections = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None and isinstance(parameter, click.Option):
                sections.setdefault(getattr(parameter, "title", "Options"), []).append(row)
        _write_sections(formatter, sections)


class Group(click.Group):
    """A group whose help lists commands in sections: of those without one, as `Commands`."""

    command_class = Command
    group_class = type  # groups in it are of this class, too

    def __init__(self, *arguments, sections=None, **settings):
        super().__init__(*arguments, **settings)
        self.sections = sections or {}

    def format_commands(self, ctx, formatter):
        listed = {name for names in self.sections.values() for name in names}
        others = [name for name in self.list_commands(ctx) if name not in listed]
        sections = {
            title: [(name, self.commands[name].get_short_help_str(limit=200)) for name in names]
            for title, names in {**self.sections, "Commands": others}.items()
        }
        _write_sections(formatter, sections)


def _write_sections(formatter, sections, widest=30):
    """Writes `{title: rows}`; the second columns of all sections are in line."""
    widths = [len(first) for rows in sections.values() for first, _ in rows]
    width = min(widest, max(widths, default=0))
    for title, rows in sections.items():
        if rows:
            with formatter.section(title):
                formatter.write_dl([(first.ljust(width), second) for first, second in rows])
