// SPDX-License-Identifier: MIT
// What an administrator writes about a group of sensors.
#include "conninfo.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "backend.h"
#include "pastmon/store/federation.h"

namespace pastmon::store {
namespace {

using testing::HasSubstr;

TEST(Conninfo, TakesKeysAndQuotedValues) {
  const auto parsed = parse_conninfo("  host=db1  port = 5433 dbname='past \\'mon\\\\2' user=web\\ server ");
  ASSERT_TRUE(parsed) << parsed.message();
  const std::map<std::string, std::string> expected = {
      {"host", "db1"}, {"port", "5433"}, {"dbname", "past 'mon\\2"}, {"user", "web server"}};
  EXPECT_EQ(*parsed, expected);
  EXPECT_EQ(conninfo_name(*parsed), "db1:5433/past 'mon\\2");
  EXPECT_EQ(conninfo_name(*parse_conninfo("dbname=d")), "localhost/d");
}

TEST(Conninfo, RefusesWhatIsWrong) {
  const std::map<std::string, std::string> wrong = {
      {"", "names no database"},
      {"host=a", "names no database"},
      {"dbname", "without \"=\""},
      {"postgresql://host/db", "host=…"},
      {"dbname=a dbname=b", "stands twice"},
      {"dbname='a", "does not end"},
      {"dbname=a hots=b", "unknown key \"hots\""},
      {"dbname=a service=x", "unknown key \"service\""},
      {"dbname=a password=swordfish", "never an argument"},
  };
  for (const auto& [text, why] : wrong) {
    const auto parsed = parse_conninfo(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_THAT(parsed.message(), HasSubstr(why));
    EXPECT_THAT(parsed.message(), testing::Not(HasSubstr("swordfish")));
  }
}

TEST(SensorGroup, HasAPlainName) {
  EXPECT_TRUE(check_group({"North-2.a_b", "dbname=d", ""}));
  for (const char* name : {"", "a b", "a'b", "a\"b", "ü", "123456789012345678901234567890123"})
    EXPECT_FALSE(check_group({name, "dbname=d", ""})) << name;
  EXPECT_THAT(check_group({"north", "host=x", ""}).message(), HasSubstr("group north: "));
}

class GroupPasswords : public testing::Test {
 protected:
  base::Result<void> read(const std::string& text, mode_t mode = 0600) {
    const std::string file = directory_.path() + "/passwords";
    std::ofstream(file) << text;
    chmod(file.c_str(), mode);
    return read_group_passwords(file, groups_);
  }
  test::TemporaryDirectory directory_;
  std::vector<SensorGroup> groups_ = {{"north", "dbname=n", ""}, {"south", "dbname=s", ""}};
};

TEST_F(GroupPasswords, StandOneALine) {
  const auto done = read("# who may read\n\nsouth: with spaces: and colons \r\nnorth:x\n");
  ASSERT_TRUE(done) << done.message();
  EXPECT_EQ(groups_[0].password, "x");
  EXPECT_EQ(groups_[1].password, " with spaces: and colons ");
}

TEST_F(GroupPasswords, RefuseWhatIsWrong) {
  EXPECT_THAT(read("north\n").message(), HasSubstr("passwords:1"));
  EXPECT_THAT(read("north:a\nwest:b\n").message(), HasSubstr("passwords:2"));
  EXPECT_THAT(read("north:a\n", 0644).message(), HasSubstr("chmod"));
  EXPECT_THAT(read_group_passwords("/no/such/file", groups_).message(), HasSubstr("/no/such/file"));
}

}  // namespace
}  // namespace pastmon::store
