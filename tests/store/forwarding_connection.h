// SPDX-License-Identifier: MIT
// A connection that passes everything on, for tests that change one thing of it.
#pragma once

#include "connection.h"

namespace pastmon::test {

class ForwardingConnection : public store::Connection {
 public:
  explicit ForwardingConnection(store::Connection& inner) : inner_(inner) {}

  base::Result<void> script(std::string_view sql) override { return inner_.script(sql); }
  base::Result<std::int64_t> execute(std::string_view sql, const std::vector<store::Parameter>& parameters) override {
    return inner_.execute(sql, parameters);
  }
  base::Result<void> query(std::string_view sql, const std::vector<store::Parameter>& parameters,
                           const store::RowFunction& each) override {
    return inner_.query(sql, parameters, each);
  }
  base::Result<void> stream(std::string_view sql, const std::vector<store::Parameter>& parameters,
                            const store::RowFunction& each) override {
    return inner_.stream(sql, parameters, each);
  }
  base::Result<std::int64_t> insert(const store::Insert& what, std::size_t rows,
                                    const store::FillFunction& fill) override {
    return inner_.insert(what, rows, fill);
  }
  base::Result<void> begin_write() override { return inner_.begin_write(); }
  base::Result<void> begin_read() override { return inner_.begin_read(); }
  base::Result<void> commit() override { return inner_.commit(); }
  void rollback() override { inner_.rollback(); }
  base::Result<void> make_days(const std::vector<base::Seconds>& days) override { return inner_.make_days(days); }
  std::string in_ids(std::string_view column, const std::vector<store::Id>& ids) const override {
    return inner_.in_ids(column, ids);
  }
  std::string by_index(std::string_view table, std::string_view index) const override {
    return inner_.by_index(table, index);
  }
  std::string blob_expression(std::string_view column) const override { return inner_.blob_expression(column); }
  base::Result<std::int64_t> schema_version() override { return inner_.schema_version(); }
  base::Result<void> lock_schema() override { return inner_.lock_schema(); }
  base::Result<void> share_schema() override { return inner_.share_schema(); }
  std::vector<std::string_view> schema_files() const override { return inner_.schema_files(); }
  base::Result<bool> lock_archive() override { return inner_.lock_archive(); }
  base::Result<void> defer_sync() override { return inner_.defer_sync(); }
  base::Result<void> catch_up() override { return inner_.catch_up(); }
  base::Result<void> lock_hosts(bool purge) override { return inner_.lock_hosts(purge); }
  base::Micros write_time() const noexcept override { return inner_.write_time(); }
  base::Result<std::vector<base::Seconds>> days() override { return inner_.days(); }
  base::Result<bool> drop_day(base::Seconds day) override { return inner_.drop_day(day); }
  base::Result<std::int64_t> spare_pages() override { return inner_.spare_pages(); }
  base::Result<void> give_back(std::int64_t pages) override { return inner_.give_back(pages); }
  bool lost() const noexcept override { return inner_.lost(); }
  base::Result<void> reconnect() override { return inner_.reconnect(); }
  void interrupt() noexcept override { inner_.interrupt(); }
  std::string description() const override { return inner_.description(); }

 private:
  store::Connection& inner_;
};

}  // namespace pastmon::test
