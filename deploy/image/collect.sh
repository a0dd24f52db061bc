#!/usr/bin/env bash
# Makes a root file system around the binary in it: collect.sh ROOT. Copies the C libraries that ROOT/usr/bin/martlet links, with
# their licences and what scanners read of their packages, and makes the few files that a C library expects.
set -euo pipefail
root=$1
binary=$root/usr/bin/martlet

for folder in bin lib lib64; do
    mkdir -p "$root/usr/$folder"
    ln -sfn "usr/$folder" "$root/$folder"
done

packages=()
while read -r library; do
    target=$library
    [[ $target == /usr/* ]] || target=/usr$target
    install -D -m 755 "$library" "$root$target"
    # A library belongs to a package by the path it was installed to, which the merged /usr hides.
    package=$({ dpkg-query -S "$library" || dpkg-query -S "${library#/usr}" || dpkg-query -S "/usr$library" ||
        dpkg-query -S "$(readlink -f "$library")" || dpkg-query -S "$(readlink -f "$library" | sed s,^/usr,,)"; } 2>/dev/null |
        sed -n '1s/:.*//p')
    [ -n "$package" ] || { echo "$library belongs to no package" >&2; exit 1; }
    packages+=("$package")
done < <(ldd "$binary" | grep -o '/[^ ]*' | sort -u)
packages+=(ca-certificates)

for package in $(printf '%s\n' "${packages[@]}" | sort -u); do
    mkdir -p "$root/var/lib/dpkg/status.d"
    dpkg-query -s "$package" | sed '/^Conffiles:/,/^[^ ]/{/^Conffiles:/d;/^ /d}' >"$root/var/lib/dpkg/status.d/$package"
    install -D -m 644 "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
done
install -D -m 644 NOTICE "$root/usr/share/doc/martlet/NOTICE"

# Debian's authorities alone, not those that the building machine trusts besides.
mkdir -p "$root/etc/ssl/certs"
find /usr/share/ca-certificates/mozilla -name '*.crt' | sort | xargs cat >"$root/etc/ssl/certs/ca-certificates.crt"
printf 'root:x:0:0::/nonexistent:/sbin/nologin\nmartlet:x:65532:65532::/var/lib/martlet:/sbin/nologin\n' >"$root/etc/passwd"
printf 'root:x:0:\nmartlet:x:65532:\n' >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
install -d -m 1777 "$root/tmp"
install -d -m 750 -o 65532 -g 65532 "$root/var/lib/martlet"
