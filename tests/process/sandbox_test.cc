// SPDX-License-Identifier: MIT
// The filter is for good, so each test enters it in a process of its own and tells by its exit status.
#include "pastmon/process/sandbox.h"

#include <gtest/gtest.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

namespace pastmon::process {
namespace {

/// Runs `what` behind the filter in a child; true if it says so and nothing crashed.
bool in_sandbox(const SandboxOptions& options, const std::function<bool()>& what) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const auto entered = enter_sandbox(options);
    if (!entered) std::fprintf(stderr, "%s\n", entered.message().c_str());
    ::_exit(entered && what() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool refused(long result, const char* call) {
  const bool right = result == -1 && errno == EPERM;
  if (!right) std::fprintf(stderr, "%s: %ld, errno %d\n", call, result, errno);
  return right;
}

bool everything_dangerous_is_refused() {
  char* const none[] = {nullptr};
  bool fine = refused(::execve("/bin/true", none, none), "execve");
  fine &= refused(::fork(), "fork");
  fine &= refused(::syscall(SYS_vfork), "vfork");
  fine &= refused(::ptrace(PTRACE_ATTACH, ::getppid(), 0, 0), "ptrace");
  fine &= refused(::kill(::getppid(), 0), "kill");
  fine &= refused(::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0), "tgkill");
  fine &= refused(::mount("none", "/mnt", "tmpfs", 0, nullptr), "mount");
  fine &= refused(::unshare(CLONE_NEWUSER), "unshare");
  fine &= refused(::setuid(0), "setuid");
  fine &= refused(::chroot("/"), "chroot");
  fine &= refused(::syscall(SYS_bpf, 0, nullptr, 0), "bpf");
  fine &= refused(::syscall(SYS_perf_event_open, nullptr, 0, 0, 0, 0), "perf_event_open");
  fine &= refused(::syscall(SYS_init_module, nullptr, 0, ""), "init_module");
  fine &= refused(::syscall(SYS_clock_settime, 0, nullptr), "clock_settime");
  fine &= refused(::syscall(SYS_process_vm_readv, ::getppid(), nullptr, 0, nullptr, 0, 0), "process_vm_readv");
  fine &= refused(::socket(AF_PACKET, SOCK_RAW, 0), "packet socket");
  fine &= refused(::socket(AF_ALG, SOCK_SEQPACKET, 0), "algorithm socket");
  fine &= refused(::ioctl(0, TIOCSTI, "x"), "ioctl TIOCSTI");
  fine &= refused(::syscall(SYS_capset, nullptr, nullptr), "capset");
  return fine;
}

bool what_services_do_later_works() {
  bool thread_ran = false;
  std::thread([&] { thread_ran = true; }).join();
  void* code = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool jit = code != MAP_FAILED && ::mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0;
  const int network = ::socket(AF_INET6, SOCK_STREAM, 0);
  addrinfo* found = nullptr;
  const bool named = ::getaddrinfo("localhost", "80", nullptr, &found) == 0;
  const std::string path = "/tmp/pastmon-sandbox-" + std::to_string(::getpid());
  std::ofstream(path) << "text";
  const bool moved = std::rename(path.c_str(), (path + "x").c_str()) == 0 && ::unlink((path + "x").c_str()) == 0;
  std::fprintf(stderr, "%d %d %d %d %d\n", thread_ran, jit, network >= 0, named, moved);
  return thread_ran && jit && network >= 0 && named && moved;
}

TEST(SandboxTest, WhatIsDangerousIsRefusedAndNamed) {
  if (!sandbox_built()) {
    EXPECT_FALSE(enter_sandbox({}));
    return;
  }
  EXPECT_TRUE(in_sandbox({}, everything_dangerous_is_refused));
  EXPECT_TRUE(in_sandbox({}, [] {
    ::chroot("/");
    ::chroot("/");
    const std::vector<Refusal> calls = newly_refused();
    return calls.size() == 1 && calls[0].call == "chroot" && calls[0].times == 2 && refused_calls() == 2 &&
           newly_refused().empty();
  }));
}

TEST(SandboxTest, WhatServicesDoLaterWorksAndNothingIsRefused) {
  if (!sandbox_built()) return;
  EXPECT_TRUE(in_sandbox({}, [] { return what_services_do_later_works() && refused_calls() == 0; }));
}

TEST(SandboxTest, PacketSocketsAndCapabilitiesAreForThoseWhoAskForThem) {
  if (!sandbox_built()) return;
  EXPECT_TRUE(in_sandbox({.packet_sockets = true, .capabilities = true}, [] {
    errno = 0;
    ::syscall(SYS_capset, nullptr, nullptr);  // reaches the kernel, which finds no header
    const bool reached = errno == EFAULT;
    ::close(::socket(AF_PACKET, SOCK_RAW, 0));
    return reached && refused_calls() == 0;
  }));
}

TEST(SandboxTest, AllThreadsAreBehindTheFilterEvenThoseThatRanBefore) {
  if (!sandbox_built()) return;
  const pid_t child = ::fork();
  if (child == 0) {
    int entered[2];
    if (::pipe(entered) != 0) ::_exit(2);
    bool was_refused = false;
    std::thread earlier([&] {
      char byte = 0;
      was_refused = ::read(entered[0], &byte, 1) == 1 && ::chroot("/") == -1 && errno == EPERM;
    });
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    const bool ready = enter_sandbox({}).ok() && ::write(entered[1], "x", 1) == 1;
    earlier.join();
    ::_exit(ready && was_refused && refused_calls() == 1 ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(SandboxTest, AProgramMayStillEndWithACoreDump) {
  if (!sandbox_built()) return;
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (enter_sandbox({})) std::abort();
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
}

}  // namespace
}  // namespace pastmon::process
