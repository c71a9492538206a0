// SPDX-License-Identifier: MIT
// Health, and what pages say of a database that does not answer.
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Health : public PagesFixture {};

TEST_F(Health, DataThatIsTooOldIsAFailureWhereThatWasAsked) {
  EXPECT_EQ(ask("/PasTmon/health").status, 200);
  EXPECT_EQ(ask("/PasTmon/health?max_data_age=600").status, 503) << "none at all";
  fill();
  EXPECT_EQ(ask("/PasTmon/health?max_data_age=600").status, 200);
  clock.advance(900 * base::kSecond);
  const Response old = ask("/PasTmon/health?max_data_age=600");
  EXPECT_EQ(old.status, 503);
  EXPECT_THAT(old.body, AllOf(HasSubstr("\"status\":\"stale\""), HasSubstr("\"database\":\"reachable\"")));
  EXPECT_EQ(ask("/PasTmon/health").status, 200);
  EXPECT_EQ(ask("/PasTmon/health?max_data_age=soon").status, 400);
}

TEST_F(Health, ADatabaseThatRefusesIsToldApartFromOneThatIsAway) {
  data->fail_open = "ERROR: permission denied for table level_1";
  EXPECT_THAT(page("/PasTmon/", 503), AllOf(HasSubstr("The database does not let the web server in"),
                                            HasSubstr("permission denied for table"), HasSubstr("output_DBI")));
  data->fail_open = "connection refused";
  clock.advance(2 * base::kSecond);
  EXPECT_THAT(page("/PasTmon/", 503), AllOf(HasSubstr("The database cannot be reached"), HasSubstr("Try again")));
}

}  // namespace
}  // namespace pastmon::web::test
