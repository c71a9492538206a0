// SPDX-License-Identifier: MIT
#include "postgresql_text.h"

#include <gtest/gtest.h>

namespace pastmon::store {
namespace {

TEST(PostgresqlText, AQuoteCannotEndALiteral) {
  std::string out;
  put_literal(out, "it's \\ '' ");
  EXPECT_EQ(out, "'it''s \\ '''' '");
}

TEST(PostgresqlText, ParametersTakeTheirPlaces) {
  EXPECT_EQ(put_parameters("a = ? AND b = ?", {std::int64_t{-5}, std::string("?'")}), "a = (-5)::BIGINT AND b = '?'''");
  EXPECT_EQ(put_parameters("a ? b", {}), "a ? b");
}

TEST(PostgresqlText, ArraysHoldEveryByte) {
  const std::vector<Column> columns = {{"a", ColumnType::integer}, {"b", ColumnType::text}, {"c", ColumnType::blob}};
  ArraySink sink(columns);
  sink.start_row();
  sink.integer(-1);
  sink.text("\"{}\\',");
  sink.blob(std::string_view("\0\xff", 2));
  sink.start_row();
  sink.null();
  sink.text("");
  sink.blob("");
  EXPECT_EQ(sink.take(),
            "unnest('{-1,NULL}'::BIGINT[], '{\"\\\"{}\\\\'',\",\"\"}'::TEXT[], '{\"\\\\x00ff\",\"\\\\x\"}'::BYTEA[])");
  EXPECT_EQ(sink.bytes(), 0U);
}

TEST(PostgresqlText, Base64ComesBack) {
  EXPECT_EQ(decode_base64(""), "");
  EXPECT_EQ(decode_base64("TQ=="), "M");
  EXPECT_EQ(decode_base64("TWE="), "Ma");
  EXPECT_EQ(decode_base64("TW\nFu"), "Man");
  EXPECT_EQ(decode_base64("TWFuTWFu\nTWFuTQ==\n"), "ManManManM");
  EXPECT_EQ(decode_base64("TWFu\r\nTWFu"), "ManMan");
  EXPECT_EQ(decode_base64("////AAAA"), std::string("\xff\xff\xff\0\0\0", 6));
  EXPECT_EQ(decode_base64("AP8="), std::string("\0\xff", 2));
  EXPECT_EQ(decode_base64("TWFu*TWFu"), "Man");
}

}  // namespace
}  // namespace pastmon::store
