// SPDX-License-Identifier: MIT
// What a favourite is: of a graph's query, everything but the time. One query has one text, so that the same graph is
// not kept twice.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "directory.h"
#include "query_state.h"

namespace pastmon::web {

inline constexpr std::size_t kMaxFavouriteTitle = 120;  ///< bytes

/// The query without its time and without what concerns lists only; what is open becomes "*".
QueryState favourite_of(const QueryState& query);

/// How it is stored: the part of its URL behind the '?'.
std::string favourite_text(const QueryState& query);

/// What was stored. Nothing: not the query of a graph (any more): no such metric.
std::optional<QueryState> read_favourite(std::string_view stored);

/// "HTTP GET: * to www.example.net, response time": what a favourite is called unless somebody names it.
std::string favourite_title(const QueryState& query, const Names& names);

/// What somebody typed, as a title: one line of printable text, at most kMaxFavouriteTitle bytes; "": nothing left.
std::string clean_title(std::string_view typed);

}  // namespace pastmon::web
