// SPDX-License-Identifier: MIT
#include "template_engine.h"

#include <gtest/gtest.h>

#include <array>

namespace pastmon::web {
namespace {

constexpr const char* kAttack = "<script>alert(1)</script>\" onload='x' &amp;";

std::string rendered(std::string_view content, const Values& values) {
  static std::string text;
  text = std::string("{{%AUTOESCAPE context=\"HTML\"}}") + std::string(content);
  const std::array<embedded::File, 1> files = {{{"t.html", text}}};
  const auto engine = TemplateEngine::load(files);
  EXPECT_TRUE(engine);
  const auto html = engine->render("t.html", values);
  EXPECT_TRUE(html);
  return *html;
}

TEST(TemplateEngine, EscapesForTheTextAndForAttributes) {
  Values values;
  values.root().set("X", kAttack);
  EXPECT_EQ(rendered("<p>{{X}}</p>", values),
            "<p>&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp;</p>");
  const std::string attribute = rendered("<p data-x=\"{{X}}\">", values);
  EXPECT_EQ(attribute.find('<', 1), std::string::npos);
  EXPECT_EQ(attribute.find("\" "), std::string::npos);
}

TEST(TemplateEngine, AScriptUrlNeverBecomesALink) {
  Values values;
  values.root().set("U", "javascript:alert(1)");
  EXPECT_EQ(rendered("<a href=\"{{U}}\">", values).find("javascript"), std::string::npos);
}

TEST(TemplateEngine, SectionsRepeat) {
  Values values;
  Model root = values.root();
  root.set("N", 7);
  root.add("ROW").set("V", "a");
  root.add("ROW").set("V", "b");
  EXPECT_EQ(rendered("{{#ROW}}{{V}}{{N}} {{/ROW}}{{#HIDDEN}}x{{/HIDDEN}}", values), "a7 b7 ");
}

TEST(TemplateEngine, ATemplateWithoutItsPragmaIsRefused) {
  const std::array<embedded::File, 1> files = {{{"bad.html", "<p>{{X}}</p>"}}};
  const auto engine = TemplateEngine::load(files);
  ASSERT_FALSE(engine);
  EXPECT_NE(engine.message().find("bad.html"), std::string::npos);
}

TEST(TemplateEngine, AMissingTemplateIsAnError) {
  const std::array<embedded::File, 1> files = {{{"a.html", "{{%AUTOESCAPE context=\"HTML\"}}{{>B}}"}}};
  const auto engine = TemplateEngine::load(files);
  EXPECT_FALSE(engine->render("nothing.html", Values()));
  Values values;
  values.root().include("B", "missing.html");
  EXPECT_FALSE(engine->render("a.html", values));
}

}  // namespace
}  // namespace pastmon::web
