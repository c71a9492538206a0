// SPDX-License-Identifier: MIT
// The current query of a page, and its URL: the one place that knows the names of the parameters. Links are made by
// changing a copy and asking for its URL, so every view can be bookmarked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pastmon/base/clock.h"
#include "pastmon/store/store.h"
#include "url.h"

namespace pastmon::web {

/// One cell of the current query: not chosen yet (""), all together ("*"), or one value.
struct Choice {
  std::string text;
  bool open() const noexcept { return text.empty(); }
  bool any() const noexcept { return text == "*"; }
  bool one() const noexcept { return !open() && !any(); }
};

struct QueryState {
  store::Level level = store::Level::one;  ///< which table
  Choice signature;                        ///< a signature's name
  Choice client;                           ///< an address
  Choice server;                           ///< an address
  std::string port;                        ///< server port in digits; "": any
  std::string sensor;                      ///< a sensor's name; "": any
  std::string client_like;                 ///< regular expression over name and address
  std::string server_like;
  std::string range;  ///< a preset of Calendar, "all", or "" (from and to, or the default)
  std::string from;   ///< local time as the form sends it; "": open
  std::string to;
  std::string metric;     ///< of the registry; "": none chosen
  std::string step;       ///< of a graph, seconds in digits; "": what fits
  std::string lines;      ///< of a graph: keys of graph_lines.h with commas; "": the usual ones
  std::string compare;    ///< of a graph: "day" or "week" before; "": nothing
  std::string favourite;  ///< number of the favourite that is being changed; "": none
  store::Order order = store::Order::transactions;
  bool descending = true;
  bool rows = false;  ///< list rows although nothing is filtered
  std::size_t page = 1;
  std::size_t limit = 0;  ///< rows of a page; 0: the usual number

  static constexpr std::size_t kMaxPage = 1000;
  static constexpr std::size_t kMaxLines = 120;  ///< bytes of `lines`; longer: the usual ones
  static constexpr std::size_t kMaxLimit = 1000;

  /// Takes what it knows; unknown parameters and values out of range are left at their defaults. The pages that list a
  /// level say so by their path, the others by the parameter `level`.
  static QueryState parse(const Parameters& parameters, std::string_view path = {});
  std::string url(std::string_view path) const;
  /// The page that lists this level: "/PasTmon/level1", "/PasTmon/level2" or "/PasTmon/all".
  std::string_view list_path() const noexcept;
  std::string list_url() const { return url(list_path()); }
  /// Names and values of what is not at its default: for a URL, and for the hidden fields of forms.
  std::vector<std::pair<std::string_view, std::string>> parameters() const;

  bool has_time() const noexcept { return !range.empty() || !from.empty() || !to.empty(); }
  /// Nothing but time is chosen.
  bool unfiltered() const noexcept;
  /// Signature, client and server are chosen: metrics can be listed.
  bool complete() const noexcept { return !signature.open() && !client.open() && !server.open(); }

  // Copies with one thing changed. Each goes back to the first page.
  QueryState with_signature(std::string_view value) const;
  QueryState with_client(std::string_view value) const;
  QueryState with_server(std::string_view value) const;
  QueryState with_port(std::string_view value) const;
  QueryState with_sensor(std::string_view value) const;
  QueryState with_metric(std::string_view value) const;
  QueryState with_lines(std::string_view value) const;
  QueryState with_compare(std::string_view value) const;
  QueryState with_level(store::Level value) const;
  QueryState with_range(std::string_view preset) const;
  QueryState with_time(std::string_view local_from, std::string_view local_to) const;
  QueryState with_page(std::size_t number) const;
  QueryState with_limit(std::size_t value) const;
  /// Sorts by it, figures from the largest down, names from A to Z; the other way round when it is sorted by it
  /// already.
  QueryState sorted_by(store::Order order) const;
  /// What is still open becomes "*".
  QueryState completed() const;
};

/// "response_mean" for Order::response_mean: the value of the parameter `sort`.
std::string_view order_key(store::Order order) noexcept;

}  // namespace pastmon::web
