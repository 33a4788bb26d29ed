#include "app/cli.hpp"

int main(int argc, char** argv) { return margind::app::run(argc, argv); }
