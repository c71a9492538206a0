// SPDX-License-Identifier: MIT
// Which hosts, signatures and sensors the database knows, kept in memory: pages turn ids into names with it, and match
// users' regular expressions against it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "database_pool.h"
#include "pastmon/base/clock.h"
#include "pastmon/base/result.h"
#include "pastmon/store/store.h"
#include "query_cache.h"

namespace pastmon::web {

/// Immutable.
struct Names {
  std::vector<store::Host> hosts;        ///< names are wire_text
  std::vector<store::Named> signatures;  ///< by name
  std::vector<store::Named> sensors;     ///< by name
  std::unordered_map<store::Id, std::size_t> host_index;
  std::unordered_map<store::Id, std::string> signature_names;
  std::unordered_map<store::Id, std::string> sensor_names;

  const store::Host* host(store::Id id) const;
  /// "" for an id that is not known (yet).
  std::string signature(store::Id id) const;
  std::string sensor(store::Id id) const;
};

class Directory {
 public:
  struct Options {
    base::Micros refresh = 10 * base::kSecond;  ///< at most this old
  };
  Directory(Options options, const base::Clock& clock)
      : options_(options), kept_({options.refresh, options.refresh, SIZE_MAX}, clock) {}

  /// Any thread; one of them asks the database when it is time, the others do with what there is. Errors: the
  /// database's.
  base::Result<std::shared_ptr<const Names>> names(DatabasePool& databases) {
    return names(databases, options_.refresh);
  }
  /// Not older than `max_age` (twice that while another thread asks).
  base::Result<std::shared_ptr<const Names>> names(DatabasePool& databases, base::Micros max_age);

 private:
  Options options_;
  QueryCache kept_;
};

}  // namespace pastmon::web
