// SPDX-License-Identifier: MIT
#include "pages/database_state.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "format.h"
#include "pastmon/base/text.h"

namespace pastmon::web::pages {
namespace {

/// As the two databases and the system say it.
constexpr std::array<std::string_view, 5> kRefusals = {"permission denied", "authentication failed",
                                                       "no pg_hba.conf entry", "no password supplied",
                                                       "operation not permitted"};

bool refused(std::string_view error) {
  std::string lower(error);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return std::any_of(kRefusals.begin(), kRefusals.end(),
                     [&](std::string_view words) { return lower.find(words) != std::string::npos; });
}

}  // namespace

State database_state(std::string_view error) {
  const std::string said = format::wire_text(error);
  if (refused(error)) {
    return {"error",
            "The database does not let the web server in",
            base::cat(said,
                      ". PostgreSQL: give user name and password of the role that may read (pastmon_web; pastmon-admin "
                      "create-database makes it) in section output_DBI of pastmon-web.conf. SQLite: the web server's "
                      "user has to be in the group of the file and its directory (pastmon)."),
            {}};
  }
  return {"error",
          "The database cannot be reached",
          base::cat(said,
                    ". This page asks again each time it is loaded; nothing else is needed once the database is back. ",
                    "If this is a new installation, start pastmon: it creates the database."),
          {}};
}

}  // namespace pastmon::web::pages
