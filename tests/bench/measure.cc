// SPDX-License-Identifier: MIT
// Runs a program and writes what it took: "user system wall peak", three times in seconds and the peak of resident
// memory in KiB, each over the program and the processes that it waited for.
//   measure RESULT PROGRAM [ARGUMENT...]
// Exit status: the program's; 128 and the signal's number if one ended it. It is this small because the kernel counts
// the memory of the process that calls exec() into the peak: a script's interpreter would hide small programs.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

namespace {

double seconds(const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6; }

double now() {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: measure RESULT PROGRAM [ARGUMENT...]\n", stderr);
    return 2;
  }
  const double start = now();
  const pid_t child = fork();
  if (child == 0) {
    execvp(argv[2], argv + 2);
    std::perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    std::perror("measure");
    return 1;
  }
  const double wall = now() - start;
  std::FILE* result = std::fopen(argv[1], "w");
  if (result == nullptr) {
    std::perror(argv[1]);
    return 1;
  }
  std::fprintf(result, "%.6f %.6f %.6f %ld\n", seconds(used.ru_utime), seconds(used.ru_stime), wall, used.ru_maxrss);
  std::fclose(result);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
