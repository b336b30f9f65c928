#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "io/glob.h"
#include "veneer/input.h"

using namespace veneer;

namespace {

using Keys = std::vector<std::string>;

class Tree {
 public:
  Tree() {
    char name[] = "/tmp/veneer-lister-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path = name;
  }
  ~Tree() {
    const std::string command = "chmod -R u+rwx '" + path + "'; rm -rf '" + path + "'";
    CHECK(std::system(command.c_str()) == 0);
  }
  void directory(const std::string& name) {
    REQUIRE(mkdir((path + "/" + name).c_str(), 0755) == 0);
  }
  void file(const std::string& name, const std::string& text = "x") {
    for (size_t slash = name.find('/'); slash != std::string::npos;
         slash = name.find('/', slash + 1)) {
      mkdir((path + "/" + name.substr(0, slash)).c_str(), 0755);
    }
    std::FILE* out = std::fopen((path + "/" + name).c_str(), "wb");
    REQUIRE(out != nullptr);
    REQUIRE(std::fwrite(text.data(), 1, text.size(), out) == text.size());
    std::fclose(out);
  }
  std::string path;
};

std::vector<ObjectInfo> all(Lister& lister) {
  std::vector<ObjectInfo> objects;
  for (int page = 0; page < 100; ++page) {
    auto more = lister.next(&objects);
    REQUIRE(more.ok());
    if (!*more) return objects;
  }
  FAIL("the listing does not end");
  return objects;
}

Keys keys(Result<std::unique_ptr<Lister>> lister) {
  REQUIRE(lister.ok());
  Keys keys;
  for (const ObjectInfo& object : all(**lister)) keys.push_back(object.key);
  return keys;
}

}  // namespace

TEST_CASE("a directory in byte order of the keys") {
  Tree tree;
  for (const char* name : {"b/1", "a/2", "a/10", "a-b", "a.c", "a0", "z", "\xC3\xA9", "b/c/d/e"}) {
    tree.file(name);
  }
  tree.directory("empty");
  Keys listed = keys(list_directory(tree.path));
  Keys expected = {"a-b", "a.c", "a/10", "a/2", "a0", "b/1", "b/c/d/e", "z", "\xC3\xA9"};
  CHECK(listed == expected);
  std::sort(expected.begin(), expected.end());
  CHECK(listed == expected);
  CHECK(keys(list_directory(tree.path + "///")) == expected);
  auto lister = list_directory(tree.path + "/");
  CHECK((*lister)->name() == tree.path + "/");
  CHECK_FALSE((*lister)->names_given());
}

TEST_CASE("pages, sizes, and opening what was listed") {
  Tree tree;
  for (int i = 0; i < 2500; ++i) tree.file("f" + std::to_string(i), std::string(i % 7, 'x'));
  auto lister = list_directory(tree.path);
  REQUIRE(lister.ok());
  std::vector<ObjectInfo> page;
  auto more = (*lister)->next(&page);
  REQUIRE(more.ok());
  CHECK(*more);
  CHECK(page.size() == 1000);
  std::vector<ObjectInfo> rest = all(**lister);
  CHECK(page.size() + rest.size() == 2500);
  std::vector<std::shared_ptr<Input>> open;
  for (const ObjectInfo& object : rest) {
    auto input = (*lister)->open(object);
    REQUIRE(input.ok());
    CHECK(*(*input)->size() == object.size);
    CHECK((*input)->name() == tree.path + "/" + object.key);
    open.push_back(*input);
  }
  std::vector<uint8_t> out(3);
  for (size_t i = 0; i < rest.size(); ++i) {
    if (rest[i].size < 3) continue;
    REQUIRE(open[i]->read(0, out).ok());
    CHECK(out[2] == 'x');
    CHECK(open[i]->read(rest[i].size - 2, out).code() == StatusCode::io);
  }
}

TEST_CASE("a change after the listing is an error") {
  Tree tree;
  tree.file("a", "one");
  tree.file("b", "two");
  auto lister = list_directory(tree.path);
  REQUIRE(lister.ok());
  std::vector<ObjectInfo> objects = all(**lister);
  auto a = (*lister)->open(objects[0]);
  REQUIRE(a.ok());
  tree.file("a", "longer");
  std::vector<uint8_t> out(3);
  Status changed = (*a)->read(0, out);
  CHECK(changed.code() == StatusCode::io);
  CHECK(changed.file() == tree.path + "/a");
  CHECK((*lister)->open(objects[0]).status().code() == StatusCode::io);
  // Replaced by one of the same size.
  tree.file("c", "TWO");
  REQUIRE(std::rename((tree.path + "/c").c_str(), (tree.path + "/b").c_str()) == 0);
  CHECK((*lister)->open(objects[1]).status().code() == StatusCode::io);
  std::remove((tree.path + "/b").c_str());
  CHECK((*lister)->open(objects[1]).status().code() == StatusCode::not_found);
  (*lister)->cancel();
  tree.file("d");
  CHECK((*lister)->next(&objects).ok());  // it was at its end
}

TEST_CASE("links are followed, cycles and broken ones are not") {
  Tree tree;
  tree.file("real/x");
  REQUIRE(symlink("real", (tree.path + "/link").c_str()) == 0);
  REQUIRE(symlink("..", (tree.path + "/real/up").c_str()) == 0);
  REQUIRE(symlink("x", (tree.path + "/real/y").c_str()) == 0);
  REQUIRE(symlink("nonesuch", (tree.path + "/broken").c_str()) == 0);
  CHECK(keys(list_directory(tree.path)) == Keys{"link/x", "link/y", "real/x", "real/y"});
}

TEST_CASE("what cannot be listed") {
  Tree tree;
  CHECK(list_directory(tree.path + "/nonesuch").status().code() == StatusCode::not_found);
  CHECK(list_directory("").status().code() == StatusCode::invalid_argument);
  CHECK(list_glob(tree.path + "/nonesuch/*").status().code() == StatusCode::not_found);
  tree.directory("closed");
  REQUIRE(chmod((tree.path + "/closed").c_str(), 0) == 0);
  if (geteuid() != 0) {  // root may read everything
    auto lister = list_directory(tree.path);
    REQUIRE(lister.ok());
    std::vector<ObjectInfo> objects;
    CHECK((*lister)->next(&objects).status().code() == StatusCode::access_denied);
  }
  auto cancelled = list_directory(tree.path);
  REQUIRE(cancelled.ok());
  tree.file("a");
  (*cancelled)->cancel();
  std::vector<ObjectInfo> objects;
  CHECK((*cancelled)->next(&objects).status().code() == StatusCode::cancelled);
}

TEST_CASE("directories in which nothing matches are not entered") {
  Tree tree;
  for (const char* name : {"y=1/m=1/a", "y=1/m=2/a", "y=2/m=1/a", "other/a", "a"}) tree.file(name);
  auto lister = list_directory(tree.path);
  REQUIRE(lister.ok());
  Keys asked;
  (*lister)->narrow([&](std::string_view directory) {
    asked.emplace_back(directory);
    if (directory.starts_with("y=1/")) return Below::none;
    return Below::some;
  });
  CHECK((*lister)->directories_pruned() == 0);
  Keys listed;
  for (const ObjectInfo& object : all(**lister)) listed.push_back(object.key);
  CHECK(listed == Keys{"a", "other/a", "y=2/m=1/a"});
  CHECK(std::find(asked.begin(), asked.end(), "y=1/") != asked.end());
  CHECK(std::find(asked.begin(), asked.end(), "y=1/m=1/") == asked.end());
  CHECK((*lister)->directories_pruned() == 1);  // what lies in it nobody knows
}

TEST_CASE("globs") {
  Tree tree;
  for (const char* name : {"y=1/a.parquet", "y=1/b.txt", "y=2/a.parquet", "y=2/d/c.parquet",
                           "top.parquet", ".h/x.parquet", "y=3/.x.parquet", "odd[1].parquet"}) {
    tree.file(name);
  }
  auto in = [&](const std::string& pattern) { return keys(list_glob(tree.path + "/" + pattern)); };
  CHECK(in("*/*.parquet") == Keys{"y=1/a.parquet", "y=2/a.parquet"});
  CHECK(in("y=[12]/?.parquet") == Keys{"y=1/a.parquet", "y=2/a.parquet"});
  CHECK(in("y=[!1]/*.parquet") == Keys{"y=2/a.parquet"});
  CHECK(in("**/*.parquet") ==
        Keys{"odd[1].parquet", "top.parquet", "y=1/a.parquet", "y=2/a.parquet", "y=2/d/c.parquet"});
  CHECK(in("y=2/**") == Keys{"a.parquet", "d/c.parquet"});
  CHECK(in("y=2*") == Keys{"y=2/a.parquet", "y=2/d/c.parquet"});
  CHECK(in("*") == Keys{"odd[1].parquet", "top.parquet", "y=1/a.parquet", "y=1/b.txt",
                        "y=2/a.parquet", "y=2/d/c.parquet", "y=3/.x.parquet"});
  CHECK(in("nothing*").empty());
  CHECK(in("odd[1].parquet") == Keys{"odd[1].parquet"});  // the name itself wins
  CHECK(in("y=1") == Keys{"a.parquet", "b.txt"});
  CHECK((*list_glob(tree.path + "/*.parq"))->names_given());
  CHECK_FALSE((*list_glob(tree.path + "/*"))->names_given());
}

TEST_CASE("names match patterns") {
  CHECK(io::match_name("*", "abc"));
  CHECK(io::match_name("a*c*e", "abcde"));
  CHECK_FALSE(io::match_name("a*c*f", "abcde"));
  CHECK(io::match_name("*a", "aaa"));
  CHECK(io::match_name("??", "ab"));
  CHECK_FALSE(io::match_name("??", "abc"));
  CHECK(io::match_name("[]x]", "]"));
  CHECK(io::match_name("[a-]", "-"));
  CHECK(io::match_name("[", "["));
  CHECK(io::match_name("a[b", "a[b"));
  CHECK_FALSE(io::match_name("*", ".hidden"));
  CHECK(io::match_name(".*", ".hidden"));
  CHECK(io::match_name("", ""));
  CHECK_FALSE(io::match_name("", "a"));
  // Does not take exponential time.
  CHECK_FALSE(io::match_name("*a*a*a*a*a*a*a*a*b", std::string(2000, 'a')));
}

TEST_CASE("lists of files keep their order") {
  Tree tree;
  tree.file("b", "bb");
  tree.file("a", "a");
  const std::string a = tree.path + "/a";
  const std::string b = tree.path + "/b";
  auto lister = list_files({b, a});
  REQUIRE(lister.ok());
  CHECK((*lister)->names_given());
  std::vector<ObjectInfo> objects = all(**lister);
  REQUIRE(objects.size() == 2);
  CHECK(objects[0].key == b);
  CHECK(objects[0].size == 2);
  CHECK((*lister)->open(objects[1]).ok());
  CHECK(list_files({a, a}).status().code() == StatusCode::invalid_argument);
  auto missing = list_files({tree.path + "/nonesuch"});
  REQUIRE(missing.ok());
  CHECK((*missing)->next(&objects).status().code() == StatusCode::not_found);
  auto directory = list_files({tree.path});
  REQUIRE(directory.ok());
  CHECK((*directory)->next(&objects).status().code() == StatusCode::io);
  // A file that stands for itself goes by its name.
  CHECK(keys(list_directory(a)) == Keys{"a"});
}
