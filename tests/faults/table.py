"""What is printed."""

HEADER = ("fault", "n", "profile", "expected", "moves", "calls", "time", "seen")


def tell(result):
    """A line as soon as a case has ended, and everything that is known if it went wrong."""
    case = result.case
    print(f"{case.row.name} n={case.size} {case.profile} ... {seen(result)} ({time(result)})", flush=True)
    if result.error:
        print(result.details, flush=True)


def show(results):
    """The table, in Markdown."""
    lines = [HEADER, *map(line, results)]
    widths = [max(len(cells[column]) for cells in lines) for column in range(len(HEADER))]
    lines.insert(1, tuple("-" * width for width in widths))
    print()
    for cells in lines:
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |")
    failed = sum(result.error is not None for result in results)
    print(f"\nfaults: {len(results) - failed} as expected, {failed} not", flush=True)


def line(result):
    case = result.case
    count = lambda number: "?" if number is None else str(number)
    return (case.row.fault, str(case.size), case.profile, case.row.allowed(), count(result.moves), count(result.calls), time(result), seen(result))


def seen(result):
    return "as expected" if result.error is None else f"NOT: {result.error.splitlines()[0]}"


def time(result):
    """From the fault to the call."""
    if result.seconds is None:
        return "-"
    return f"{result.seconds * 1000:.1f} ms" if result.seconds < 1 else f"{result.seconds:.2f} s"
