// SPDX-License-Identifier: MIT
// What pages work with, and the one list of routes and menu entries.
#pragma once

#include <span>
#include <string_view>

#include "assets.h"
#include "calendar.h"
#include "cookies.h"
#include "database_pool.h"
#include "database_reader.h"
#include "directory.h"
#include "forms.h"
#include "logins.h"
#include "pastmon/base/clock.h"
#include "router.h"
#include "selection.h"
#include "template_engine.h"

namespace pastmon::web {

/// References to what the program owns; all of it may be used by any thread.
struct Services {
  const base::Clock& clock;
  const Calendar& calendar;
  const TemplateEngine& templates;
  const Assets& assets;
  DatabasePool& databases;
  Directory& directory;
  SelectionLimits limits;
  StatePool& state;  ///< what the server keeps itself: favourites, users, sessions
  const FormTokens& forms;
  const Cookies& cookies;
  Logins& logins;
  QueryCache& answers;   ///< of the database; read through reader()
  Telemetry& telemetry;  ///< what the server counts about itself

  /// For one request: pages ask the database through it.
  DatabaseReader reader() const { return {databases, answers, telemetry, clock}; }
};

/// Below it every refusal is application/problem+json.
inline constexpr std::string_view kApiPath = "/PasTmon/api/";

struct MenuEntry {
  std::string_view path;
  std::string_view title;
};
/// In the order of the menu.
std::span<const MenuEntry> menu() noexcept;

/// All pages. The services must outlive the router.
Router make_router(const Services& services);

}  // namespace pastmon::web
