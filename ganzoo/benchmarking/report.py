"""What `benchmark` has measured, as text."""


def report(figures: dict) -> str:
    """Returns lines for people.

    Args:
        figures: as in `Benchmark`.
    """
    lines = [
        "{config}, {precision}, batch {batch_size}, {image_shape}, {optimizer} optimizer; "
        "{device}".format(**figures),
        "  step               {step_ms:,.1f} ms ({step_cpu_ms:,.1f} ms of CPU), "
        "{images_per_second:,.1f} images a second".format(**figures),
        "  first step         {compile_seconds:.1f} s more, to build and compile".format(**figures),
        "  arithmetic         {step_gflop:,.1f} GFLOP a step, {share_of_peak:.0%} of this "
        "machine's {matrix_peak_gflops:,.0f} GFLOP/s in matrix products".format(**figures),
        "  peak memory        {peak_memory_gib:.2f} GiB".format(**figures),
    ]
    for name, ratios in figures["against"].items():
        lines.append(
            f"  against {name:10} {ratios['ratio']:.2f} times as fast "
            f"({ratios['cpu_ratio']:.2f} by CPU time)"
        )
    if run := figures.get("whole_run"):
        lines += [
            "  whole run          {run_ms:,.1f} ms a step, {share_of_bare:.1%} of the bare step's "
            "speed ({bare_ms:,.1f} ms)".format(**run),
            f"  data               {figures['pipeline_images_per_second']:,.0f} images a second, "
            "without training",
            f"  first result       {figures['first_result_seconds']:.1f} s from the command to a "
            "saved step",
            f"  export             {figures['export']['images_per_second']:,.1f} images a second",
        ]
    return "\n".join(lines)
