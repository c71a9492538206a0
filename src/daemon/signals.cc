// SPDX-License-Identifier: MIT
#include "signals.h"

#include <csignal>
#include <utility>

namespace pastmon::daemon::signals {
namespace {

volatile std::sig_atomic_t stop = 0;
volatile std::sig_atomic_t reload = 0;
volatile std::sig_atomic_t status = 0;

extern "C" void on_signal(int number) {
  if (number == SIGHUP) {
    reload = 1;
  } else if (number == SIGUSR1) {
    status = 1;
  } else {
    stop = 1;
  }
}

sigset_t ours() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set, number);
  return set;
}

bool take(volatile std::sig_atomic_t& flag) {
  if (flag == 0) return false;
  flag = 0;
  return true;
}

}  // namespace

void install() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

bool stop_requested() noexcept { return stop != 0; }
bool take_reload() noexcept { return take(reload); }
bool take_status() noexcept { return take(status); }

Blocked::Blocked() {
  const sigset_t set = ours();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Blocked::~Blocked() {
  const sigset_t set = ours();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

}  // namespace pastmon::daemon::signals
