// SPDX-License-Identifier: MIT
#include "private_postgres.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace pastmon::test {
namespace {

const std::string kScript = std::string(PASTMON_SOURCE_DIR) + "/scripts/private-postgres";

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "private PostgreSQL: %s\n", what.c_str());
  std::abort();
}

std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) give_up(command);
  std::string output;
  char buffer[4096];
  for (std::size_t n = 0; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, n);
  if (pclose(pipe) != 0) give_up(command + " failed: " + output);
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

// A child that holds nothing but the end of a pipe: when this program is gone, the pipe ends and the cluster goes.
void clean_up_when_gone(const std::string& directory) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) give_up("pipe");  // the server must not hold it
  const pid_t child = fork();
  if (child < 0) give_up("fork");
  if (child > 0) {
    close(ends[0]);  // the other end stays open until this program ends
    return;
  }
  setsid();
  close(ends[1]);
  for (int fd = 3; fd < 64; ++fd)
    if (fd != ends[0]) close(fd);
  char byte = 0;
  while (read(ends[0], &byte, 1) > 0) {
  }
  const std::string command = quoted(kScript) + " stop " + quoted(directory) + "; rm -rf " + quoted(directory);
  execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  _exit(1);
}

}  // namespace

PrivatePostgres& PrivatePostgres::get() {
  static auto* cluster = new PrivatePostgres();  // the clean-up is the child's
  return *cluster;
}

PrivatePostgres::PrivatePostgres() {
  char name[] = "/tmp/pastmon-test-XXXXXX";
  if (mkdtemp(name) == nullptr) give_up("mkdtemp");
  chmod(name, 0755);
  directory_ = name;
  clean_up_when_gone(directory_);
  start();
}

void PrivatePostgres::start(const std::string& options) {
  socket_ = output_of("PASTMON_POSTGRES_OPTIONS=" + quoted("-c fsync=off -c full_page_writes=off " + options) + " " +
                      quoted(kScript) + " start " + quoted(directory_));
}

void PrivatePostgres::stop() { output_of(quoted(kScript) + " stop " + quoted(directory_)); }

void PrivatePostgres::crash() {
  std::ifstream file(data_directory() + "/postmaster.pid");
  pid_t server = 0;
  if (!(file >> server) || kill(server, SIGQUIT) != 0) give_up("no server to stop");
  for (int i = 0; i < 2000 && kill(server, 0) == 0; ++i) usleep(5000);
}

std::string PrivatePostgres::fresh_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  psql("template1", "CREATE DATABASE " + name + " OWNER pastmon");
  return name;
}

std::string PrivatePostgres::psql(const std::string& database, const std::string& sql) const {
  return output_of("psql -X -h " + quoted(socket_) + " -U postgres -d " + quoted(database) +
                   " -v ON_ERROR_STOP=1 -Atqc " + quoted(sql) + " 2>&1");
}

}  // namespace pastmon::test
