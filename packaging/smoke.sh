#!/usr/bin/env bash
# Unpack a bundle in a bare Debian 12, where there is no Python, and run its self-test there.
#
#   packaging/smoke.sh dist/harmonium-studio-0.1.0-linux-x86_64.tar.zst
#
# Wants root, debootstrap and zstd. The bare system is kept in build/smoke; the bundle is unpacked anew each time.
set -eu
shopt -s inherit_errexit

# Beside the C library this is all the bundle asks of a system: what draws, and a font. A screen brings the rest.
libraries=libgl1,libegl1,libfontconfig1
root="$(cd "$(dirname "$0")/.." && pwd)"
tree="$root/build/smoke/debian"

die() { echo "harmonium: $*" >&2; exit 1; }

[ $# -eq 1 ] && [ -f "$1" ] || die "Name the packed bundle: packaging/smoke.sh FILE.tar.zst"
[ "$(id -u)" -eq 0 ] || die "A bare system is entered by chroot, which wants root."
for tool in debootstrap zstd; do
    command -v "$tool" > /dev/null || die "$tool is missing: apt-get install --no-install-recommends $tool"
done

if [ ! -e "$tree/etc/harmonium-smoke" ] || [ "$(cat "$tree/etc/harmonium-smoke")" != "$libraries" ]; then
    echo "harmonium: making a bare Debian 12 in ${tree#"$root"/}"
    rm -rf "$tree"
    mkdir -p "$tree"
    debootstrap --variant=minbase --include="$libraries" bookworm "$tree" > "$tree.log" 2>&1 || {
        tail -n 5 "$tree.log" >&2
        die "No bare system was made."
    }
    echo "$libraries" > "$tree/etc/harmonium-smoke"
fi

rm -rf "$tree/opt/harmonium" "$tree/home/smoke"
mkdir -p "$tree/opt" "$tree/home/smoke"
zstd -d -c "$1" | tar -C "$tree/opt" -xf -
mount -t proc proc "$tree/proc"
trap 'umount "$tree/proc"' EXIT

inside() { chroot "$tree" /usr/bin/env -i HOME=/home/smoke LANG=C.UTF-8 PATH=/usr/bin:/bin "$@"; }

if inside sh -c 'command -v python3' > /dev/null; then die "This system is not bare: it has Python."; fi
missing="$(inside sh -c 'for f in $(find /opt/harmonium -name "libq*.so"); do LD_LIBRARY_PATH=/opt/harmonium/_internal ldd $f; done' \
    | grep 'not found' | sort -u || true)"
[ -z "$missing" ] || echo "harmonium: what only a screen needs and the system has to bring:" "$missing"
inside /opt/harmonium/harmonium --version
inside /opt/harmonium/harmonium --self-test
