// SPDX-License-Identifier: MIT
#include <cstdio>

#include "database_commands.h"
#include "login.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/base/time_text.h"
#include "pastmon/store/administration.h"
#include "terminal.h"

namespace pastmon::admin {
namespace {

using base::cat;
using base::Error;
using base::Result;

void show(const store::Contents& contents) {
  std::string rows;
  for (const auto& [table, count] : contents.rows) rows += cat(rows.empty() ? "" : ", ", table, " ", count);
  std::printf("This deletes all of %s.\n", base::escape_controls(contents.description).c_str());
  std::printf("Rows: %s.\n", rows.c_str());
  if (contents.last > 0)
    std::printf("Figures from %s to %s.\n", base::utc_text(contents.first).c_str(),
                base::utc_text(contents.last).c_str());
  for (const std::string& file : contents.files) std::printf("File: %s\n", base::escape_controls(file).c_str());
  std::fflush(stdout);
}

Result<void> confirm(const std::string& name) {
  for (const char* prompt : {"Type the database's name (", "Once more ("}) {
    const Result<std::string> typed = ask(cat(prompt, name, "): "));
    if (!typed) return typed.error();
    if (*typed != name)
      return Error{cat("\"", base::escape_controls(*typed), "\" is not \"", name, "\": nothing is deleted")};
  }
  return {};
}

}  // namespace

int drop(const config::AdminCommand& command, const config::Database& database) {
  const auto failed = [](const Error& error) {
    base::log::error(error.message);
    return 1;
  };
  Result<store::Options> options = login_options(database, command.login);
  if (!options) return failed(options.error());
  Result<store::Contents> contents = store::database_contents(*options);
  if (!contents && options->driver == "pgsql") {
    const auto administrator = local_administrator(*options, command.login);
    if (const std::optional<store::Options> other = administrator ? administrator() : std::nullopt) {
      if (auto theirs = store::database_contents(*other)) {
        options = *other;
        contents = *std::move(theirs);
      }
    }
  }
  if (!contents) return failed(contents.error());
  show(*contents);
  if (const Result<void> sure = confirm(options->dbname); !sure) return failed(sure.error());
  if (const Result<void> dropped = store::drop_database(*options); !dropped) return failed(dropped.error());
  std::printf("deleted: %s\n", base::escape_controls(contents->description).c_str());
  return 0;
}

}  // namespace pastmon::admin
