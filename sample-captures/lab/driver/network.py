# SPDX-License-Identifier: GPL-2.0-or-later
"""Network namespaces that live exactly as long as this process.

A namespace here has no name. It exists because one process, its keeper, is in
it; the kernel ends the keeper when this process ends, even by SIGKILL, and
devices, addresses, routes and sockets go with the namespace.
"""

import ctypes
import os
import shutil
import signal
import subprocess

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """Something failed; the text is for the user."""


class Missing(LabError):
    """Something the lab needs is not there: a program, a right, a feature of the kernel."""


def _end_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def spawn(command, **options):
    """Starts a process in a session of its own (Ctrl-C reaches only the driver) that ends with this one."""
    return subprocess.Popen(command, preexec_fn=_end_with_parent, start_new_session=True, text=True,
                            stdin=subprocess.DEVNULL, **options)


def end(process, number=signal.SIGTERM, wait=2.0):
    """Ends one process and waits for it; harsher if it does not go. Returns its status."""
    if process.poll() is None:
        process.send_signal(number)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


# Reading /proc/net/tcp walks the whole hash table of connections, which is sized for the machine: 5 ms for
# 262144 entries. From Linux 6.1 on a namespace can ask for a small table in the namespaces made from it, so
# the keeper goes through one that exists only to ask.
KEEPER = """
small=/proc/sys/net/ipv4/tcp_child_ehash_entries
if [ -e $small ]; then echo 256 >$small; fi
exec unshare --net sh -c 'echo ready; exec sleep infinity'
"""


class Namespace:
    """One network namespace, with only a loopback device in it."""

    def __init__(self, name):
        self.name = name
        self.keeper = spawn(["unshare", "--net", "sh", "-c", KEEPER], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.keeper.stdout.readline() != "ready\n":
            raise Missing("cannot make a network namespace: " + self.keeper.stderr.read().strip())

    @property
    def pid(self):
        return self.keeper.pid

    def command(self, *words):
        """The command line that runs these words inside."""
        return ["nsenter", "--net=/proc/%d/ns/net" % self.pid, "--", *words]

    def run(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LabError(f"{' '.join(words)}: {(done.stderr or done.stdout).strip()}")
        return done.stdout

    def sysctl(self, setting):
        """Sets "net.ipv4.tcp_sack=0"; /proc/sys/net shows the namespace of whoever opens it."""
        name, _, value = setting.partition("=")
        self.run("sh", "-c", 'echo "$1" >"$2"', "sh", value, "/proc/sys/" + name.replace(".", "/"))

    def inode(self):
        return os.stat(f"/proc/{self.pid}/ns/net").st_ino

    def close(self):
        end(self.keeper, signal.SIGKILL)


def quiet(namespace):
    """No IPv6 chatter (router solicitations, multicast reports) of the namespace's own accord."""
    if os.path.exists("/proc/sys/net/ipv6"):
        namespace.sysctl("net.ipv6.conf.all.disable_ipv6=1")
        namespace.sysctl("net.ipv6.conf.default.disable_ipv6=1")


def hardware_address(number):
    return "02:00:00:00:00:%02x" % number


def connect_host(host, number, middle, device):
    """A veth pair: `eth0` in the host, `device` in the middle. Without segmentation or checksum offload."""
    try:
        host.run("ip", "link", "add", "name", "eth0", "address", hardware_address(number), "type", "veth",
                 "peer", "name", device, "netns", str(middle.pid))
    except LabError as error:
        raise Missing(f"cannot make a pair of veth devices (CONFIG_VETH): {error}") from error
    for namespace, name in ((host, "eth0"), (middle, device)):
        namespace.run("ethtool", "-K", name, "tx", "off", "tso", "off", "gso", "off", "gro", "off")
        namespace.run("ip", "link", "set", "dev", name, "up")
    host.run("ip", "link", "set", "dev", "lo", "up")


# A firewall as hosts at home have it: connection tracking lets in what belongs to a connection begun here.
FIREWALL = ("table inet simtcp { chain in { type filter hook input priority 0; policy drop; "
            "ct state established,related accept; }; }")


def add_firewall(host):
    if shutil.which("nft") is None:
        raise Missing("nft is missing (Debian: nftables)")
    try:
        host.run("nft", FIREWALL)
    except LabError as error:
        raise Missing(f"this kernel has no stateful packet filter (CONFIG_NFT_CT): {error}") from error


def address_host(host, address, peer, peer_number):
    """The host's address, and a route and a fixed neighbour entry to its peer: no ARP on the wire."""
    bits = "128" if ":" in address else "32"
    if ":" in address:
        host.sysctl("net.ipv6.conf.eth0.disable_ipv6=0")
        host.run("ip", "address", "add", f"{address}/{bits}", "dev", "eth0", "nodad")
    else:
        host.run("ip", "address", "add", f"{address}/{bits}", "dev", "eth0")
    host.run("ip", "route", "add", f"{peer}/{bits}", "dev", "eth0", "src", address)
    host.run("ip", "neighbour", "add", peer, "lladdr", hardware_address(peer_number),
             "nud", "permanent", "dev", "eth0")
