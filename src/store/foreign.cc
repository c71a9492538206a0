// SPDX-License-Identifier: MIT
#include "foreign.h"

namespace pastmon::store {

base::Result<std::string> foreign_table(Connection& connection) {
  std::string found;
  const base::Result<void> asked = connection.query(
      "SELECT (n.nspname || '.' || c.relname)::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT LIKE 'pg\\_%' "
      "AND n.nspname NOT IN ('information_schema', 'pastmon', 'web') "
      "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1 LIMIT 1",
      {}, [&found](const RowView& row) { found = row.text(0); });
  if (!asked) return asked.error();
  return found;
}

}  // namespace pastmon::store
