// SPDX-License-Identifier: MIT
// The frame that all pages share: head, menu, notices, foot; and the pages that say what is wrong and what to do.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "request.h"
#include "response.h"
#include "selection.h"
#include "services.h"
#include "template_engine.h"

namespace pastmon::web::pages {

class Page {
 public:
  /// `file`: the template of what stands inside the frame.
  Page(const Services& services, const Request& request, std::string_view title, std::string_view file);

  Model& content() noexcept { return content_; }
  /// "chart.js"; loaded in the order of the calls, after pastmon.js; left out when that library is not installed.
  void use_script(std::string_view asset);
  void use_style(std::string_view asset);
  /// The page has forms that change something: sets FORM_TOKEN for all of its templates, and the cookie that it needs.
  void use_forms();
  /// Lines above everything else: what is missing in the figures of this page.
  void warn(const std::vector<std::string>& lines);
  Response finish(int status = 200) const;

 private:
  void show_visitor();

  const Services& services_;
  const Request& request_;
  Values values_;
  Model root_;
  Model content_;
  bool has_forms_ = false;
};

struct Link {
  std::string title;
  std::string url;
};

/// A designed state: what is the matter, what to do, where to go from here.
struct State {
  std::string_view kind = "info";  ///< "info", "wait", "warning", "error": its look
  std::string title;
  std::string text;
  std::vector<Link> links;
  std::string code = {};  ///< what to type, such as a crontab's line; "" for none
};
void fill_state(Model model, const State& state);
Response state_page(const Services& services, const Request& request, std::string_view title, const State& state,
                    int status);

/// The database cannot be reached, or a query failed.
Response database_down(const Services& services, const Request& request, std::string_view title,
                       std::string_view error);

}  // namespace pastmon::web::pages
