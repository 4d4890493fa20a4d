"""Torch without what neither trains nor dreams: its compilers, exporters and tests stay outside.

The hook that comes with PyInstaller collects every module of torch, 2,000 of them; this one leaves the choice to the
imports that are really there.
"""

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_data_files, collect_dynamic_libs

module_collection_mode = "pyz+py"  # torch reads its own source where it compiles functions
warn_on_missing_hiddenimports = False
datas = collect_data_files(
    "torch",
    excludes=["include/**", "share/**", "test/**", "_inductor/**", "**/*.h", "**/*.cpp", "**/*.pyi"],
)
datas = [(source, into) for source, into in datas if "/bin" not in into.replace("\\", "/") or "shm" in source]
hiddenimports = ["torch._C", "torch.utils._config_module", "torch.backends.mkldnn"]
binaries = collect_dynamic_libs("torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"])
# A link beside the programme would make torch look for its libraries in the wrong folder.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]
