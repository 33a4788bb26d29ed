#pragma once
#include <boost/redis/request.hpp>
#include <vector>

#include "adapters/redis/pipeline.hpp"

namespace margind::redis {

/// One argument. Of our own type, so that the request encodes it with the function below.
struct Word {
    std::string_view text;
};

/// What a pipeline is made of. Only files that may see Boost.Redis include this.
struct Pipeline::Request {
    boost::redis::request commands;
    std::vector<Word> words;  // of the command at hand
};

}  // namespace margind::redis
