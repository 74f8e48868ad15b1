#include "user.h"

static char greeting[] = "hello, number 0\n";

int main(void)
{
    for (int i = 0; i < 3; i++) {
        greeting[sizeof greeting - 3]++;
        print(greeting, sizeof greeting - 1);
    }
    return 0;
}
