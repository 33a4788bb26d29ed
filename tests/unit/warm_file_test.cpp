#include "adapters/file/warm_file.hpp"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <fstream>

#include "support/temp_folder.hpp"

using namespace margind;
using Catch::Matchers::ContainsSubstring;
using test::TempFolder;

namespace {

const wire::WarmOrigin here{.store = "redis://127.0.0.1:6379", .types = {"live"}};

WarmImage image_of(std::string_view id) {
    WarmImage image;
    image.accounts.push_back({.id = id, .level = 12'000, .positions = 2});
    return image;
}

Result<void> save(file::WarmFile& file, WarmImage image) {
    boost::asio::io_context io{1};
    auto saved = boost::asio::co_spawn(io, file.save(std::move(image)), boost::asio::use_future);
    io.run();
    return saved.get();
}

std::string reason(file::WarmFile& file) {
    const auto image = file.load();
    return image ? "loaded" : image.error().text;
}

}  // namespace

TEST_CASE("an image that was saved is loaded, and nothing else is left beside it", "[warm]") {
    const TempFolder folder;
    file::WarmFile file{folder.path("warm"), here};
    REQUIRE(save(file, image_of("1")).has_value());
    REQUIRE(save(file, image_of("1001")).has_value());
    const auto image = file.load();
    REQUIRE(image.has_value());
    REQUIRE(image->accounts.size() == 1);
    CHECK(image->accounts[0].id == "1001");
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{folder.path()}) {
        ++files;
    }
    CHECK(files == 1);
}

TEST_CASE("what cannot be loaded is named with its path", "[warm]") {
    const TempFolder folder;
    file::WarmFile missing{folder.path("none"), here};
    CHECK_THAT(reason(missing), ContainsSubstring("none: No such file"));
    file::WarmFile a_folder{folder.path(), here};
    CHECK_THAT(reason(a_folder), ContainsSubstring("expected a file"));
    file::WarmFile text{folder.write("text", "accounts: all of them"), here};
    CHECK_THAT(reason(text), ContainsSubstring("text: expected a local image"));
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    file::WarmFile pipe{folder.path("pipe"), here};
    CHECK_THAT(reason(pipe), ContainsSubstring("expected a file"));
}

TEST_CASE("a writing that fails leaves the old image as it is", "[warm]") {
    const TempFolder folder;
    const std::string path = folder.path("warm");
    file::WarmFile file{path, here};
    REQUIRE(save(file, image_of("old")).has_value());
    {
        const test::FileSizeLimit disk_is_full{16};
        const auto saved = save(file, image_of("new"));
        REQUIRE_FALSE(saved.has_value());
        CHECK_THAT(saved.error().text, ContainsSubstring("warm.tmp: File too large"));
    }
    CHECK_FALSE(std::filesystem::exists(path + ".tmp"));
    CHECK(file.load()->accounts.at(0).id == "old");
    REQUIRE(save(file, image_of("new")).has_value());
    CHECK(file.load()->accounts.at(0).id == "new");
}

TEST_CASE("a folder that is not there is told of", "[warm]") {
    const TempFolder folder;
    file::WarmFile file{folder.path("gone") + "/warm", here};
    const auto saved = save(file, image_of("1"));
    REQUIRE_FALSE(saved.has_value());
    CHECK_THAT(saved.error().text, ContainsSubstring("No such file or directory"));
}

TEST_CASE("half an image of a writing that was killed is written over", "[warm]") {
    const TempFolder folder;
    folder.write("warm.tmp", std::string(100'000, 'x'));
    file::WarmFile file{folder.path("warm"), here};
    REQUIRE(save(file, image_of("1")).has_value());
    CHECK(file.load().has_value());
    CHECK_FALSE(std::filesystem::exists(folder.path("warm.tmp")));
}
