"""What the bundle leaves out, and why it may."""

from __future__ import annotations

import re

# Never imported by a run of the self-test: compilers, exporters, other front ends.
MODULES = [
    "torch._dynamo",
    "torch._inductor",
    "torch.onnx",
    "torch.utils.tensorboard",
    "torch.utils.benchmark",
    "torch.distributed.pipelining",
    "torch.distributed._shard",
    "torch.distributed.elastic.agent",
    "tensorboard",
    "sympy",
    "mpmath",
    "networkx",
    "matplotlib",
    "pandas",
    "tkinter",
    "readline",  # under the GPL
    "sqlite3",
    "curses",
    "IPython",
    "setuptools",
    "pytest",
    "jinja2",
    "pygments",
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtDesigner",
    "PySide6.QtUiTools",
    "PySide6.QtSql",
    "pyqtgraph.examples",
    "pyqtgraph.opengl",
    "pyqtgraph.jupyter",
]

SAMPLE_PICTURES = [
    "brick.png",
    "grass.png",
    "gravel.png",
    "astronaut.png",
    "camera.png",
    "chelsea.png",
    "coffee.png",
    "hubble_deep_field.jpg",
    "motorcycle_left.png",
    "rocket.jpg",
    "lfw_subset.npy",
    "README.txt",
]

PLUGINS = {
    "platforms": ("xcb", "wayland", "offscreen", "minimal.", "windows", "cocoa"),
    "imageformats": ("svg", "jpeg", "gif", "ico", "webp"),
    "iconengines": ("svg",),
    "platforminputcontexts": ("ibus", "compose"),
    "platformthemes": ("xdg",),
    "xcbglintegrations": ("",),
    "wayland": ("",),
    "styles": ("",),
}

LEFT_OUT = re.compile(
    r"PySide6/(Qt/)?(translations|qml|libexec)/"
    r"|Qt6?(Qml|Quick|VirtualKeyboard|Designer|Sql|ShaderTools|Pdf|WebEngine|Multimedia|EglF)"
    r"|(^|/)torch/(include|share|test)/"
    r"|(^|/)torch/bin/(?!torch_shm_manager)"
    r"|(^|/)tests/.*\.(py|npz?|mat|dat|csv|txt|wav|fits|json|gz|png|tiff?)$"
    r"|(^|/)skimage/data/.*\.(xml|mp4|zip)$"
    r"|\.(a|lib|pdb|pyi)$"
)

MAC_INFO = {
    "NSHighResolutionCapable": True,
    "CFBundleDocumentTypes": [
        {
            "CFBundleTypeName": "Harmonium project",
            "CFBundleTypeRole": "Editor",
            "LSHandlerRank": "Owner",
            "LSItemContentTypes": ["studio.harmonium.project"],
        }
    ],
    "UTExportedTypeDeclarations": [
        {
            "UTTypeIdentifier": "studio.harmonium.project",
            "UTTypeDescription": "Harmonium project",
            "UTTypeConformsTo": ["public.data"],
            "UTTypeTagSpecification": {"public.filename-extension": ["harmonium"]},
        }
    ],
}


def wanted(name: str) -> bool:
    """Say whether a file, by its place in the bundle, is one of those that are needed."""
    name = name.replace("\\", "/")
    if name.startswith("skimage/") and name.endswith(".pyi"):
        return True
    plugin = re.search(r"PySide6/(?:Qt/)?plugins/([\w-]+)/(?:lib)?(.*)$", name)
    if plugin:
        folder = next((kind for kind in PLUGINS if plugin[1].startswith(kind)), None)
        return folder is not None and any(part in plugin[2] for part in PLUGINS[folder])
    return LEFT_OUT.search(name) is None


def needed(binaries: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Return the binaries without those libraries of the system that only left-out files had asked for."""
    from PyInstaller.depend.bindepend import get_imports

    loose = {name: source for name, source, kind in binaries if kind == "BINARY" and is_loose(name)}
    waiting = [source for name, source, kind in binaries if kind != "SYMLINK" and name not in loose]
    found: set[str] = set()
    while waiting:
        asked = {re.split(r"[\\/]", name)[-1] for name, _ in get_imports(waiting.pop())}
        fresh = (asked & loose.keys()) - found
        found |= fresh
        waiting += [loose[name] for name in fresh]
    return [entry for entry in binaries if entry[0] not in loose or entry[0] in found]


def is_loose(name: str) -> bool:
    """Say whether a library lies beside the programme, where libraries of the system are put; Python's own stays."""
    return "/" not in name and not name.startswith("libpython")
