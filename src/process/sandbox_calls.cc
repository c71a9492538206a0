// SPDX-License-Identifier: MIT
#include "sandbox_calls.h"

#include <sys/ioctl.h>

namespace pastmon::process {
namespace {

constexpr const char* kAllowed[] = {
    // Reading, writing, waiting.
    "read", "write", "readv", "writev", "pread64", "pwrite64", "preadv", "pwritev", "preadv2", "pwritev2", "lseek",
    "_llseek", "close", "close_range", "dup", "dup2", "dup3", "pipe", "pipe2", "fcntl", "fcntl64", "poll", "ppoll",
    "ppoll_time64", "select", "_newselect", "pselect6", "pselect6_time64", "epoll_create", "epoll_create1", "epoll_ctl",
    "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "sendfile", "sendfile64",
    // Files: journal, checkpoint, SQLite, signatures, /etc/hosts, time zones. Who may, the file's mode says.
    "open", "openat", "openat2", "creat", "stat", "fstat", "lstat", "newfstatat", "fstatat64", "stat64", "fstat64",
    "lstat64", "statx", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents", "getdents64",
    "getcwd", "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "ftruncate",
    "ftruncate64", "truncate", "truncate64", "fallocate", "fsync", "fdatasync", "sync_file_range", "flock", "chmod",
    "fchmod", "fchmodat", "chown", "fchown", "fchownat", "umask", "utimensat", "utimensat_time64", "utime", "utimes",
    "futimesat", "statfs", "fstatfs", "statfs64", "fstatfs64", "fadvise64", "fadvise64_64", "readahead",
    // Memory, executable too. mlock is for passwords.
    "mmap", "mmap2", "munmap", "mprotect", "mremap", "madvise", "brk", "mincore", "msync", "mlock", "mlock2", "munlock",
    "membarrier",
    // Threads (clone() has a rule of its own) and the end.
    "futex", "futex_time64", "futex_waitv", "set_robust_list", "get_robust_list", "rseq", "set_tid_address",
    "arch_prctl", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "gettid", "getpid", "getppid", "prctl", "exit", "exit_group",
    "restart_syscall",
    // Signals to oneself (kill() and its like have rules of their own).
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigpending",
    "rt_sigsuspend", "sigaltstack", "sigreturn", "pause",
    // Clocks: reading and waiting, not setting.
    "clock_gettime", "clock_gettime64", "clock_getres", "clock_getres_time64", "clock_nanosleep",
    "clock_nanosleep_time64", "nanosleep", "gettimeofday", "time", "times",
    // The network (socket() has a rule of its own).
    "bind", "connect", "listen", "accept", "accept4", "getsockname", "getpeername", "getsockopt", "setsockopt", "send",
    "sendto", "recv", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg", "recvmmsg_time64", "shutdown",
    "socketpair",
    // Asking about ourselves and the machine.
    "uname", "sysinfo", "getrusage", "getrlimit", "ugetrlimit", "prlimit64", "setrlimit", "getrandom", "getcpu",
    "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups", "getpgrp", "getpgid", "getsid",
    "getuid32", "geteuid32", "getgid32", "getegid32", "getresuid32", "getresgid32", "getgroups32", "capget",
};

// Kerberos in libpq looks for tickets in the kernel's key ring; libraries probe for rings of requests.
constexpr const char* kQuiet[] = {"keyctl", "add_key", "request_key", "io_uring_setup", "get_mempolicy"};

// What kind of terminal, how much there is to read, blocking or not. TIOCSTI, which types into terminals, is not here.
constexpr unsigned long kRequests[] = {TCGETS, TIOCGWINSZ, FIONREAD, TIOCOUTQ, FIONBIO, FIOCLEX, FIONCLEX};

}  // namespace

std::span<const char* const> allowed_calls() noexcept { return kAllowed; }
std::span<const char* const> quietly_refused_calls() noexcept { return kQuiet; }
std::span<const unsigned long> allowed_requests() noexcept { return kRequests; }

}  // namespace pastmon::process
