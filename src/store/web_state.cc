// SPDX-License-Identifier: MIT
#include "pastmon/store/web_state.h"

#include <filesystem>

#include "again.h"
#include "pastmon/base/text.h"
#include "schema.h"

namespace pastmon::store {

using base::cat;
using base::Error;
using base::Result;

std::string_view role_name(Role role) noexcept { return role == Role::editor ? "editor" : "reader"; }

std::optional<Role> role_of(std::string_view name) noexcept {
  if (name == "reader") return Role::reader;
  if (name == "editor") return Role::editor;
  return std::nullopt;
}

WebState::WebState(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
WebState::~WebState() = default;

Result<void> WebState::check() {
  return again(*connection_, [this] { return prepare_schema(*connection_); });
}

std::string WebState::description() const { return connection_->description(); }

std::string web_state_file(const Options& figures, const std::string& directory) {
  namespace fs = std::filesystem;
  return (directory.empty() ? fs::path(figures.dbname).parent_path() : fs::path(directory)) / "web.db";
}

Result<std::unique_ptr<WebState>> open_web_state(const Options& figures, const std::string& directory) {
  Options options = figures;
  if (options.driver == "sqlite3") options.dbname = web_state_file(figures, directory);
  Result<std::unique_ptr<Connection>> connection = connect(options, false, Tables::web);
  if (!connection) {
    const Error& why = connection.error();
    if (options.driver != "sqlite3" || why.temporary) return why;
    return Error{cat(why.message,
                     "; favourites and users are kept there: the user of pastmon-web must be able to write into its "
                     "directory (another one: data_directory, in pastmon-web.conf)")};
  }
  return std::make_unique<WebState>(*std::move(connection));
}

}  // namespace pastmon::store
