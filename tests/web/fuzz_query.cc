// SPDX-License-Identifier: MIT
// Any bytes as the query string of a request: decoded, read as a current query, written as a URL again. Aborts when the
// URL does not mean the same query, or holds a byte that does not belong in one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "calendar.h"
#include "format.h"
#include "query_state.h"
#include "url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pastmon::web;
  static const Calendar calendar = *Calendar::make("UTC", 1);
  const auto parameters = Parameters::parse({reinterpret_cast<const char*>(data), size});
  if (!parameters) return 0;
  const QueryState query = QueryState::parse(*parameters);
  const std::string url = query.url("/p");
  for (const char c : url) {
    if (c <= ' ' || c >= 0x7f || c == '<' || c == '>' || c == '"' || c == '\'') std::abort();
  }
  // Repaired bytes grow, so a URL may be too long to be read back.
  const auto again =
      Parameters::parse(std::string_view(url).substr(url.find('?') == std::string::npos ? url.size() : 3));
  if (again && QueryState::parse(*again).url("/p") != url) std::abort();
  if (!again && url.size() < Parameters::kMaxBytes) std::abort();

  for (const std::string_view text : {query.from, query.to}) {
    const auto at = calendar.parse(text, Calendar::Ambiguous::earlier);
    if (at && calendar.parse(calendar.form_time(*at), Calendar::Ambiguous::earlier).value() > *at) std::abort();
  }
  for (const auto& [name, value] : parameters->all()) {
    for (const char c : format::wire_text(value)) {
      if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) std::abort();
    }
  }
  return 0;
}
