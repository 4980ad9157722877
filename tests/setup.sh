# SPDX-License-Identifier: GPL-2.0-or-later
#
# What demo.sh and run.sh share: install what is missing, build, run tshark with
# the plugin that was built. To be sourced; needs $top, the project's folder.

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# A command as root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		fail "needs root to run '$*', and there is no sudo"
	fi
}

is_installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# Installs those of the named Debian packages that are missing, and says so.
install_missing() {
	local missing=() package
	command -v dpkg-query >/dev/null ||
		fail "no Debian system: install what these packages hold, then build with cmake: $*"
	for package; do
		is_installed "$package" || missing+=("$package")
	done
	[ ${#missing[@]} -eq 0 ] && return
	echo "Installing: ${missing[*]}" >&2
	as_root apt-get -q update >/dev/null || fail "apt-get update failed"
	# the question whether users may capture is left at its default: no
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
		"${missing[@]}" >/dev/null </dev/null || fail "could not install ${missing[*]}"
}

# Configures and builds into the folder $1; the rest goes to cmake.
build() {
	local folder=$1 log
	shift
	[ ! -e "$folder" ] || [ -w "$folder" ] || fail "$folder belongs to another user: remove it, or run this as that user"
	echo "Building in ${folder#"$top/"}" >&2
	log=$(mktemp)
	if ! { cmake -S "$top" -B "$folder" "$@" && cmake --build "$folder" --parallel; } >"$log" 2>&1; then
		cat "$log" >&2
		rm -f "$log"
		fail "the build failed"
	fi
	rm -f "$log"
}

# A folder that anybody may read, removed when the script ends.
make_stage() {
	stage=$(mktemp -d)
	trap 'rm -rf "$stage"' EXIT
	chmod 755 "$stage"
	mkdir "$stage/home"
	cp -r "$1/plugins" "$stage/plugins"
	chmod -R a+rX "$stage"
	chmod 777 "$stage/home"
}

# tshark with the plugin in the stage and nobody's settings. As root Wireshark
# ignores personal plugins, so then it runs as nobody, as which it is safer too.
run_tshark() {
	local unprivileged=()
	if [ "$(id -u)" -eq 0 ]; then
		unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	fi
	env -u XDG_CONFIG_HOME HOME="$stage/home" WIRESHARK_PLUGIN_DIR="$stage/plugins" \
		"${unprivileged[@]}" tshark "$@"
}
