// SPDX-License-Identifier: MIT
#include "section.h"

namespace pastmon::config {

template <class T>
const T& Section::get(std::string_view key) const {
  static const T nothing{};
  const auto found = entries_.find(key);
  if (found == entries_.end()) return nothing;
  const T* value = std::get_if<T>(&found->second.value);
  return value != nullptr ? *value : nothing;
}

bool Section::has(std::string_view key) const { return entries_.find(key) != entries_.end(); }

bool Section::given(std::string_view key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && found->second.place.line > 0;
}

bool Section::boolean(std::string_view key) const { return get<bool>(key); }
std::int64_t Section::integer(std::string_view key) const { return get<std::int64_t>(key); }
const std::string& Section::text(std::string_view key) const { return get<std::string>(key); }
const std::vector<std::string>& Section::texts(std::string_view key) const {
  return get<std::vector<std::string>>(key);
}
const std::vector<std::int64_t>& Section::integers(std::string_view key) const {
  return get<std::vector<std::int64_t>>(key);
}
const std::vector<Section>& Section::groups(std::string_view key) const { return get<std::vector<Section>>(key); }

const Section& Section::group(std::string_view key) const {
  static const Section nothing;
  const std::vector<Section>& found = groups(key);
  return found.empty() ? nothing : found.front();
}

std::vector<std::string> Section::keys() const {
  std::vector<std::string> names;
  names.reserve(entries_.size());
  for (const auto& [name, entry] : entries_) names.push_back(name);
  return names;
}

const Place& Section::place(std::string_view key) const {
  const auto found = entries_.find(key);
  return found != entries_.end() && found->second.place.line > 0 ? found->second.place : place_;
}

std::string Section::origin(std::string_view key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() || found->second.place.file.empty() ? "default" : found->second.place.text();
}

void Section::set(std::string_view key, Value value, Place place) {
  entries_.insert_or_assign(std::string(key), Entry{std::move(value), std::move(place)});
}

}  // namespace pastmon::config
