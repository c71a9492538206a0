// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace pastmon::admin {
namespace {

using base::Result;

/// While it lives, the terminal does not show what is typed.
class NoEcho {
 public:
  NoEcho() : active_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!active_) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (!active_) return;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputc('\n', stderr);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  termios before_{};
  bool active_;
};

void show(const std::string& prompt) {
  if (::isatty(STDIN_FILENO) != 0) std::fputs(prompt.c_str(), stderr);
}

}  // namespace

Result<std::string> read_line(std::istream& from, const std::string& missing) {
  std::string line;
  std::getline(from, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line.empty()) return base::Error{missing};
  return line;
}

Result<std::string> ask(const std::string& prompt) {
  show(prompt);
  return read_line(std::cin, "no answer: nothing is done");
}

Result<std::string> ask_secret(const std::string& prompt) {
  show(prompt);
  const NoEcho quiet;
  return read_line(std::cin, "no password was given");
}

}  // namespace pastmon::admin
