// SPDX-License-Identifier: MIT
#include "pastmon/process/sandbox.h"

#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <type_traits>

#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "sandbox_calls.h"

namespace pastmon::process {
namespace {

using base::cat;
using base::Error;
using base::Result;

// A refused call ends in a signal whose handler counts it and gives it the result EPERM, where we know which register
// of the interrupted thread holds a result; elsewhere the kernel gives it and nobody counts.
#if defined(__x86_64__)
constexpr bool kCounted = true;
void set_result(ucontext_t& context, long value) noexcept { context.uc_mcontext.gregs[REG_RAX] = value; }
#elif defined(__aarch64__)
constexpr bool kCounted = true;
void set_result(ucontext_t& context, long value) noexcept {
  context.uc_mcontext.regs[0] = static_cast<unsigned long long>(value);
}
#elif defined(__riscv)
constexpr bool kCounted = true;
void set_result(ucontext_t& context, long value) noexcept {
  context.uc_mcontext.__gregs[REG_A0] = static_cast<unsigned long>(value);
}
#else
constexpr bool kCounted = false;
void set_result(ucontext_t&, long) noexcept {}
#endif

#if defined(__s390__)
constexpr unsigned kCloneFlags = 1;  // argument of clone()
#else
constexpr unsigned kCloneFlags = 0;
#endif

/// Calls of a newer kernel than these do not exist for us, so that the C library falls back to older ones.
constexpr std::size_t kKnownCalls = 463;

std::array<std::atomic<std::uint64_t>, kKnownCalls + 1> refused;  // by number; the last: all higher ones

extern "C" void pastmon_on_refused_call(int, siginfo_t* info, void* context) {
  const auto number = static_cast<std::size_t>(info->si_syscall);
  const bool known = number < kKnownCalls;
  refused[known ? number : kKnownCalls].fetch_add(1, std::memory_order_relaxed);
  set_result(*static_cast<ucontext_t*>(context), known ? -EPERM : -ENOSYS);
}

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

/// A filter that is being made; the first error stays.
class Rules {
 public:
  explicit Rules(std::uint32_t otherwise) : filter_(seccomp_init(otherwise)) {
    if (!filter_) error_ = ENOMEM;
  }

  template <class... Compare>
  void add(std::uint32_t action, const char* call, Compare... compare) {
    const int number = seccomp_syscall_resolve_name(call);
    if (error_ != 0 || number == __NR_SCMP_ERROR) return;
    const std::array<scmp_arg_cmp, sizeof...(compare)> all{compare...};
    const int done =
        seccomp_rule_add_array(filter_.get(), action, number, sizeof...(compare), all.empty() ? nullptr : all.data());
    if (done != 0 && done != -EDOM) error_ = -done;  // EDOM: the architecture does not have it
  }
  void set(scmp_filter_attr attribute, std::uint32_t value) {
    if (error_ != 0) return;
    if (const int done = seccomp_attr_set(filter_.get(), attribute, value); done != 0) error_ = -done;
  }
  /// Speed only: a library without it does.
  void ask(scmp_filter_attr attribute, std::uint32_t value) {
    if (error_ == 0) seccomp_attr_set(filter_.get(), attribute, value);
  }
  int load() {
    if (error_ == 0) error_ = -seccomp_load(filter_.get());
    return error_;
  }

 private:
  std::unique_ptr<void, Release> filter_;
  int error_ = 0;  ///< an errno
};

void add_rules(Rules& rules, const SandboxOptions& options) {
  for (const char* call : allowed_calls()) rules.add(SCMP_ACT_ALLOW, call);
  for (const char* call : quietly_refused_calls()) rules.add(SCMP_ACT_ERRNO(EPERM), call);
  // Threads, no processes. What clone3() is asked for cannot be seen: the C library does with clone() then.
  rules.add(SCMP_ACT_ERRNO(ENOSYS), "clone3");
  rules.add(SCMP_ACT_ALLOW, "clone", SCMP_CMP64(kCloneFlags, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
  const auto self = static_cast<scmp_datum_t>(::getpid());
  for (const char* call : {"kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"}) {
    rules.add(SCMP_ACT_ALLOW, call, SCMP_CMP64(0, SCMP_CMP_EQ, self));
  }
  for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}) {
    rules.add(SCMP_ACT_ALLOW, "socket", SCMP_CMP64(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)));
  }
  if (options.packet_sockets) {
    rules.add(SCMP_ACT_ALLOW, "socket", SCMP_CMP64(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(AF_PACKET)));
  }
  if (options.capabilities) rules.add(SCMP_ACT_ALLOW, "capset");
  for (const unsigned long request : allowed_requests()) {
    rules.add(SCMP_ACT_ALLOW, "ioctl", SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xFFFF'FFFFU, scmp_datum_t{request}));
  }
  // SIOC…: about interfaces and sockets.
  rules.add(SCMP_ACT_ALLOW, "ioctl", SCMP_CMP64(1, SCMP_CMP_MASKED_EQ, 0xFFFF'FF00U, scmp_datum_t{0x8900U}));
}

std::string name_of(std::size_t number) {
  if (number == kKnownCalls) return "calls of a newer kernel";
  const std::unique_ptr<char, decltype(&std::free)> name(
      seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, static_cast<int>(number)), std::free);
  return name ? std::string(name.get()) : cat("number ", number);
}

}  // namespace

bool sandbox_built() noexcept {
#ifdef PASTMON_NO_SANDBOX
  return false;
#else
  return true;
#endif
}

Result<void> enter_sandbox(const SandboxOptions& options) {
  if (!sandbox_built()) return Error{"this build (with sanitizers) has no filter of system calls"};
  if (kCounted) {
    struct sigaction action {};
    action.sa_sigaction = pastmon_on_refused_call;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigemptyset(&action.sa_mask);
    if (::sigaction(SIGSYS, &action, nullptr) != 0) return Error{cat("SIGSYS: ", std::strerror(errno))};
  }
  Rules rules(kCounted ? SCMP_ACT_TRAP : SCMP_ACT_ERRNO(EPERM));
  rules.set(SCMP_FLTATR_CTL_NNP, 0);  // ours to set
  rules.set(SCMP_FLTATR_CTL_TSYNC, 1);
  rules.ask(SCMP_FLTATR_CTL_OPTIMIZE, 2);
  add_rules(rules, options);
  if (const int error = rules.load(); error != 0) {
    return Error{cat("the kernel takes no filter of system calls: ", std::strerror(error))};
  }
  return {};
}

std::uint64_t refused_calls() noexcept {
  std::uint64_t total = 0;
  for (const auto& times : refused) total += times.load(std::memory_order_relaxed);
  return total;
}

std::vector<Refusal> newly_refused() {
  static std::array<std::uint64_t, kKnownCalls + 1> told{};
  std::vector<Refusal> found;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    const std::uint64_t times = refused[i].load(std::memory_order_relaxed);
    if (times == told[i]) continue;
    told[i] = times;
    found.push_back({name_of(i), times});
  }
  return found;
}

void log_refused() {
  static std::array<std::uint64_t, kKnownCalls + 1> next{};
  for (std::size_t i = 0; i < refused.size(); ++i) {
    const std::uint64_t times = refused[i].load(std::memory_order_relaxed);
    if (times == 0 || times < next[i]) continue;
    next[i] = 10 * times;
    base::log::error("the filter of system calls refused ", name_of(i), " (", times, times == 1 ? " time" : " times",
                     "): an attack, or a library that needs more; if that stops "
                     "something from working, seccomp = false; turns the filter off");
  }
}

}  // namespace pastmon::process
