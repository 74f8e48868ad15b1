/* What a task may ask the kernel for. */
#include <stdint.h>

int main(void);

/* `uint32_t`, as the registers are. */
void print(const char *text, uint32_t bytes);
