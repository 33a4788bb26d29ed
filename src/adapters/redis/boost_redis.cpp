// The one place that compiles Boost.Redis itself.
#include <boost/redis/src.hpp>
