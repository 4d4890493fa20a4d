"""harmonium filters: the sheet of what a model has learned."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from studio.cli.options import add_project, count, output, trained_project
from studio.data.memory import free_bytes
from studio.data.picture import write_png
from studio.data.sheet import grid
from studio.errors import SettingsError

LEAST_SIDE = 48  # pixels a filter is shown with at least: smaller ones are enlarged


def add(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = verbs.add_parser(
        "filters",
        help="save a project's filters as a picture",
        description="Save the weights of every hidden unit as one PNG sheet, each scaled by its largest weight; "
        "small ones are enlarged.",
    )
    add_project(parser)
    parser.add_argument(
        "--layer",
        type=count,
        default=1,
        metavar="N",
        help="which layer, 1 sees pixels; deeper ones are drawn down to them (default: 1)",
    )
    parser.add_argument(
        "--maps",
        type=Path,
        metavar="IMAGE",
        help="in place of the weights, where in this picture each filter of the layer answers (convolutional models)",
    )
    parser.add_argument("-o", "--out", required=True, metavar="PNG", help="where to save the sheet")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    out = output(arguments.out, (".png",))
    project = trained_project(arguments.file)

    from studio.jobs.device import as_studio_error
    from studio.project.looks import filter_sheet
    from studio.project.maps import check_room, maps_of, maps_sheet, picture_at
    from studio.project.trained import open_trained

    trained = open_trained(project, "cpu")
    layers = trained.model.layers()
    if arguments.layer > len(layers):
        raise SettingsError(f"This model has no layer {arguments.layer}.", f"Choose 1 to {len(layers)}.")
    layer = arguments.layer - 1
    if arguments.maps is not None:
        try:
            picture = picture_at(arguments.maps, trained)
            check_room(trained, picture, free_bytes())
            maps = maps_of(trained, picture, layer)
        except (RuntimeError, MemoryError) as error:
            raise as_studio_error(error, "cpu", "Choose a smaller picture.") from error
        write_png(out, enlarged(grid(maps_sheet(maps)), times(max(maps.shape[1:]))))
        rows, columns = maps.shape[1:]
        print(f"Saved {out}: {len(maps):,} maps of {columns} x {rows}, the strongest answer {maps.max():.2f}.")
        return 0
    sheet = filter_sheet(trained, layer)
    factor = times(max(trained.model.filters(layer).shape[2:]))
    write_png(out, enlarged(sheet, factor))
    print(f"Saved {out}: {layers[layer][1]:,} filters.")
    return 0


def enlarged(sheet: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return a picture with each pixel as a square of `factor` pixels a side."""
    return sheet.repeat(factor, axis=0).repeat(factor, axis=1)


def times(side: int) -> int:
    """Return how many pixels of the sheet a weight takes, for filters with this longer side."""
    return max(1, -(-LEAST_SIDE // side))
