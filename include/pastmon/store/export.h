// SPDX-License-Identifier: MIT
// All rows of a level, one after the other, by name: for other programs. In bounded memory, in the order of the key, as
// of one moment.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "pastmon/store/store.h"

namespace pastmon::store {

struct ExportQuery {
  Level level = Level::one;
  base::Seconds from = 0;  ///< buckets that begin at or after …
  base::Seconds to = 0;    ///< … and before
  std::optional<std::vector<Id>> sensors;
  bool open = false;  ///< level one: rows of buckets that are still open, too
};

/// One stored row. Texts live until the next row. Names that the database does not know are "".
struct ExportedRow {
  base::Seconds bucket = 0;
  base::Seconds interval = 0;
  std::int64_t run = 0;
  std::uint16_t port = 0;
  bool open = false;
  std::string_view sensor;
  std::string_view signature;
  std::string_view client, client_name, client_name_source;
  std::string_view server, server_name, server_name_source;
  metric::Aggregate values;
};

struct Exported {
  std::size_t rows = 0;
  std::size_t damaged = 0;  ///< rows whose detail cannot be read: only their hot metrics were given
};

/// A connection of its own, for reading only. Belongs to one thread at a time.
class Exporter {
 public:
  /// Takes as long as it takes: the options' query_timeout is for pages. Errors: as open_read_only() and check().
  static base::Result<std::unique_ptr<Exporter>> open(Options options);
  virtual ~Exporter() = default;

  virtual base::Result<std::vector<Named>> sensors() = 0;

  /// Gives the rows by bucket, sensor, run, signature, client, server and port (as ids), until `each` returns false,
  /// which is success. A connection that breaks is an error: what was given is not whole then.
  virtual base::Result<Exported> rows(const ExportQuery& query,
                                      const std::function<bool(const ExportedRow&)>& each) = 0;
};

}  // namespace pastmon::store
