// SPDX-License-Identifier: MIT
#include "changes.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "pastmon/base/text.h"

namespace pastmon::daemon {
namespace {

constexpr std::size_t kMaxNames = 20;

using base::cat;

/// A signature and what its service says of it.
using Described = std::pair<config::ServiceSpec, config::SignatureSpec>;
using ByName = std::multimap<std::string, Described>;

ByName by_name(const std::vector<config::ServiceSpec>& services) {
  ByName all;
  for (const config::ServiceSpec& service : services) {
    config::ServiceSpec alone = service;
    alone.where.clear();
    alone.signatures.clear();
    if (service.signatures.empty()) all.emplace(service.name, Described{alone, {}});
    for (config::SignatureSpec signature : service.signatures) {
      signature.where.clear();
      std::string name = signature.name;
      all.emplace(std::move(name), Described{alone, std::move(signature)});
    }
  }
  return all;
}

bool same(const ByName& before, const ByName& after, const std::string& name) {
  const auto [a, a_end] = before.equal_range(name);
  const auto [b, b_end] = after.equal_range(name);
  return std::equal(a, a_end, b, b_end);
}

class Names {
 public:
  explicit Names(std::string_view what) : what_(what) {}
  void add(const std::string& name) {
    if (++count_ <= kMaxNames) text_ += cat(text_.empty() ? "" : ", ", name);
  }
  void append_to(std::string& out) const {
    if (count_ == 0) return;
    out += cat(out.empty() ? "" : "; ", what_, ": ", text_);
    if (count_ > kMaxNames) out += cat(" and ", count_ - kMaxNames, " others");
  }

 private:
  std::string_view what_;
  std::string text_;
  std::size_t count_ = 0;
};

}  // namespace

std::string signature_changes(const std::vector<config::ServiceSpec>& before,
                              const std::vector<config::ServiceSpec>& after) {
  const ByName old_ones = by_name(before);
  const ByName new_ones = by_name(after);
  std::set<std::string> all;
  for (const ByName* each : {&old_ones, &new_ones}) {
    for (const auto& [name, described] : *each) all.insert(name);
  }
  Names added("added"), removed("removed"), changed("changed");
  for (const std::string& name : all) {
    if (!old_ones.contains(name)) {
      added.add(name);
    } else if (!new_ones.contains(name)) {
      removed.add(name);
    } else if (!same(old_ones, new_ones, name)) {
      changed.add(name);
    }
  }
  std::string text;
  for (const Names* each : {&added, &removed, &changed}) each->append_to(text);
  return text.empty() ? "nothing changed" : text;
}

std::string needs_restart(const config::DaemonSettings& before, const config::DaemonSettings& after) {
  std::vector<std::string> different = config::changed_keys(before.effective, after.effective);
  if (before.database.password != after.database.password) different.emplace_back("output_DBI.password");
  std::string list;
  for (const std::string& key : different) {
    if (key == "log_level" || key == "log_to" || key == "signatures_directory") continue;
    list += cat(list.empty() ? "" : ", ", key);
  }
  return list;
}

}  // namespace pastmon::daemon
