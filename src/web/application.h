// SPDX-License-Identifier: MIT
// The whole web application but the network, put together from its options: what the program serves, and what tests
// ask.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "access.h"
#include "assets.h"
#include "calendar.h"
#include "database_pool.h"
#include "directory.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "query_cache.h"
#include "router.h"
#include "services.h"
#include "telemetry.h"
#include "template_engine.h"
#include "visitors.h"

namespace pastmon::web {

struct ApplicationOptions {
  Access::Options access;
  DatabasePool::Options databases;
  StatePool::Options state{.connections = 4, .name = "favourites and users"};
  std::string public_url;       ///< "https://monitor.example": the address that browsers use; "": as they say it
  std::string form_secret;      ///< "": a new one (forms.h)
  QueryCache::Options answers;  ///< how long answers of the database are used again
  Logins::Options logins;
  bool login_always = false;                                ///< nobody gets in without a login (visitors.h)
  std::string timezone;                                     ///< "": the machine's
  unsigned week_starts = 1;                                 ///< 0 Sunday … 6 Saturday
  std::string library_directory = "/usr/share/javascript";  ///< where Debian's packages put chart libraries
};

class Application {
 public:
  /// `open` and `open_state` connect to the databases; they are called when a page first needs them, not here. The
  /// clock must outlive the application. Errors: an unknown time zone, a broken template.
  static base::Result<std::unique_ptr<Application>> make(const ApplicationOptions& options, DatabasePool::Open open,
                                                         StatePool::Open open_state, const base::Clock& clock);

  /// Access control, who it is, then the router. Any thread; never throws.
  Response answer(Request request);

  /// For the server that asks answer(): it counts connections there.
  Telemetry& telemetry() noexcept { return telemetry_; }

  /// What its pages work with.
  const Services& services() const noexcept { return services_; }

 private:
  Application(const ApplicationOptions& options, Calendar calendar, TemplateEngine templates, DatabasePool::Open open,
              StatePool::Open open_state, const base::Clock& clock);

  /// Access control, then the router.
  Response checked(Request request) const;

  const base::Clock& clock_;
  Telemetry telemetry_;
  Access access_;
  Calendar calendar_;
  TemplateEngine templates_;
  Assets assets_;
  DatabasePool databases_;
  Directory directory_;
  StatePool state_;
  Cookies cookies_;
  FormTokens forms_;
  Logins logins_;
  Visitors visitors_;
  QueryCache answers_;
  Services services_;
  Router router_;
};

}  // namespace pastmon::web
