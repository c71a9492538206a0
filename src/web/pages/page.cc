// SPDX-License-Identifier: MIT
#include "pages/page.h"

#include "cookies.h"
#include "format.h"
#include "forms.h"
#include "pages/database_state.h"
#include "pages/login.h"
#include "pages/pages.h"
#include "pastmon/base/log.h"
#include "pastmon/base/text.h"
#include "pastmon/config/command_line.h"
#include "query_state.h"

namespace pastmon::web::pages {

Page::Page(const Services& services, const Request& request, std::string_view title, std::string_view file)
    : services_(services), request_(request), root_(values_.root()), content_(root_.include("CONTENT", file)) {
  root_.set("TITLE", title).set("VERSION", config::version()).set("ZONE", services.calendar.zone());
  root_.set("NOW", services.calendar.full_time(services.clock.now() / base::kSecond));
  root_.set("STYLE_URL", services.assets.url("pastmon.css")).set("ICON_URL", services.assets.url("icon.svg"));
  root_.set("SCRIPT_URL", services.assets.url("pastmon.js"));
  show_visitor();
  if (!request.visitor.let_in) return;
  for (const MenuEntry& entry : menu()) {
    Model item = root_.add("MENU");
    item.set("MENU_URL", entry.path).set("MENU_TITLE", entry.title);
    item.show_if(entry.path == request.path, "MENU_CURRENT");
  }
}

/// Who is logged in, and how to log out; nothing where nobody can log in.
void Page::show_visitor() {
  const Visitor& visitor = request_.visitor;
  if (!visitor.session.empty()) {
    root_.set_everywhere("FORM_TOKEN", services_.forms.token(visitor));
    root_.add("WHO").set("WHO_NAME", visitor.name).set("WHO_ROLE", store::role_name(visitor.role));
  } else if (visitor.can_log_in && visitor.let_in) {
    root_.add("LOG_IN").set("LOG_IN_URL", login_url(request_));
  }
}

void Page::use_script(std::string_view asset) {
  if (services_.assets.has(asset)) root_.add("SCRIPT").set("ASSET_URL", services_.assets.url(asset));
}

void Page::use_style(std::string_view asset) {
  if (services_.assets.has(asset)) root_.add("STYLE").set("ASSET_URL", services_.assets.url(asset));
}

void Page::use_forms() {
  has_forms_ = true;
  root_.set_everywhere("FORM_TOKEN", services_.forms.token(request_.visitor));
}

void Page::warn(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) root_.add("NOTICE").set("NOTICE_TEXT", format::wire_text(line));
}

Response Page::finish(int status) const {
  auto html = services_.templates.render("layout.html", values_);
  if (!html) {
    base::log::error(html.message());
    return Response::text(500, "This page failed. The program's log says why.");
  }
  Response response;
  response.status = status;
  response.body = std::move(*html);
  const Visitor& visitor = request_.visitor;
  if (has_forms_ && visitor.new_form_key)
    response.headers.emplace_back("Set-Cookie", services_.cookies.set(kFormCookie, visitor.form_key));
  return response;
}

void fill_state(Model model, const State& state) {
  model.set("STATE_KIND", state.kind).set("STATE_TITLE", state.title).set("STATE_TEXT", state.text);
  if (!state.code.empty()) model.add("STATE_CODE").set("STATE_TYPED", state.code);
  for (const Link& link : state.links) {
    model.add("STATE_LINK").set("STATE_LINK_URL", link.url).set("STATE_LINK_TITLE", link.title);
  }
}

Response state_page(const Services& services, const Request& request, std::string_view title, const State& state,
                    int status) {
  Page page(services, request, title, "state_page.html");
  page.content().set("STATE_PAGE_TITLE", title).show_if(title == state.title, "STATE_REPEATS");
  fill_state(page.content().include("STATE", "state.html"), state);
  return page.finish(status);
}

Response database_down(const Services& services, const Request& request, std::string_view title,
                       std::string_view error) {
  State state = database_state(error);
  state.links = {{"Try again", QueryState::parse(request.query, request.path).url(request.path)}};
  return state_page(services, request, title, state, 503);
}

Response not_found(const Services& services, const Request& request) {
  return state_page(
      services, request, "Not found",
      {"warning", "There is no such page", "The address is misspelt, or the page has moved.", {{"Home", "/PasTmon/"}}},
      404);
}

}  // namespace pastmon::web::pages
