#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace margind::redis {

/// Takes the answers to a pipeline, in the order of its commands, leaf by leaf. Views die with the
/// call.
class ReplySink {
public:
    virtual ~ReplySink() = default;
    virtual void begin_answer() = 0;
    /// A text or number; nil is a view without data. Arrays and maps show only by their leaves.
    virtual void leaf(std::string_view value) = 0;
    /// The server's error text, instead of leaves.
    virtual void error(std::string_view text) = 0;
    virtual void end_answer() = 0;
};

/// Answers, kept: for each command either an error or a flat list of leaves.
class Reply final : public ReplySink {
public:
    /// An answer of more than `answer_bytes_max` bytes becomes an error.
    explicit Reply(std::size_t answer_bytes_max) : answer_bytes_max_{answer_bytes_max} {}

    void clear();
    [[nodiscard]] std::size_t size() const { return answers_.size(); }
    /// Empty for an error. Valid until `clear`. Call only once all answers are there.
    [[nodiscard]] std::span<const std::string_view> operator[](std::size_t i);
    /// Empty when the command succeeded.
    [[nodiscard]] std::string_view error_of(std::size_t i) const;

    void begin_answer() override;
    void leaf(std::string_view value) override;
    void error(std::string_view text) override;
    void end_answer() override {}

private:
    struct Leaf {
        std::size_t offset;
        std::size_t length;
        bool is_nil;
    };
    struct Answer {
        std::size_t first_leaf;
        std::size_t leaf_count;
        std::size_t error_offset;
        std::size_t error_length;
        std::size_t bytes;
    };
    void view_leaves();

    std::size_t answer_bytes_max_;
    std::string bytes_;
    std::vector<Leaf> leaves_;
    std::vector<Answer> answers_;
    std::vector<std::string_view> views_;  // of the leaves, made when first asked for
};

/// Answers to writes: only what went wrong is kept.
class Acknowledgement final : public ReplySink {
public:
    void clear();
    [[nodiscard]] std::uint64_t answers() const { return answers_; }
    /// Commands refused because their key holds another type: trying again would not help.
    [[nodiscard]] std::uint64_t wrong_types() const { return wrong_types_; }
    /// All other commands that were refused, and the first one's error text.
    [[nodiscard]] std::uint64_t errors() const { return errors_; }
    [[nodiscard]] const std::string& first_error() const { return first_error_; }

    void begin_answer() override {}
    void leaf(std::string_view) override {}
    void error(std::string_view text) override;
    void end_answer() override { ++answers_; }

private:
    std::uint64_t answers_ = 0;
    std::uint64_t wrong_types_ = 0;
    std::uint64_t errors_ = 0;
    std::string first_error_;
};

/// True for an error that says that the key holds another type.
[[nodiscard]] inline bool is_wrong_type(std::string_view error) {
    return error.starts_with("WRONGTYPE");
}
/// The error of an answer that is longer than what is kept.
inline constexpr std::string_view too_large = "TOOLARGE";
/// True for an error that is the fault of one key alone: asking again would not help.
[[nodiscard]] inline bool is_bad_key(std::string_view error) {
    return is_wrong_type(error) || error.starts_with(too_large);
}

}  // namespace margind::redis
