/* Does what it may not, and is killed for it: in each life the next of its attempts. It announces
 * what it is about to do, so that the kernel's report can be held against it. */
#include "attempts.h"
#include "task.h"
#include <protocol/i2c.h>
#include <protocol/pong.h>
#include <protocol/supervisor.h>
#include <user/line.h>
#include <user/svc.h>
#include <user/syscalls.h>

static const char *attempt_name(enum attempt attempt)
{
    static const char *const names[] = {
        [READ_RAM] = "read-ram",
        [WRITE_FLASH] = "write-flash",
        [EXECUTE_RAM] = "execute-ram",
        [READ_PERIPHERAL] = "read-peripheral",
        [LEND_FOREIGN] = "lend-foreign",
        [STACK_OVERFLOW] = "stack-overflow",
        [STACK_EDGE] = "stack-edge",
        [READ_SYSTEM] = "read-system",
        [WILD_STACK] = "wild-stack",
        [WILD_SYSCALL] = "wild-syscall",
        [WILD_POINTER] = "wild-pointer",
        [WILD_LOANS] = "wild-loans",
        [WILD_TASK] = "wild-task",
        [WILD_RECEIVE] = "wild-receive",
        [USURP] = "usurp",
        [STEAL_INTERRUPT] = "steal-interrupt",
        [FORGE_NOTIFICATION] = "forge-notification",
        [UNDEFINED_INSTRUCTION] = "undefined-instruction",
        [LEAVE_THUMB] = "leave-thumb",
        [ACCESS_UNALIGNED] = "access-unaligned",
        [DIVIDE_BY_ZERO] = "divide-by-zero",
        [DEEP] = "deep",
        [SEMIHOSTING] = "semihosting",
        [HANG] = "hang",
    };
    return names[attempt];
}

extern char __stack_base[];

static uint32_t others_memory(void)
{
    uint32_t address = 0;
    (void)send(&(struct message){
        .task = TASK_PONG,
        .operation = PONG_WHERE,
        .reply = &address,
        .reply_capacity = sizeof address,
    });
    return address;
}

/* The address that the attempt is about, or 0. */
static uint32_t attempt_target(enum attempt attempt)
{
    static const uint32_t constant = 1;
    static uint32_t return_instruction = 0x47704770; /* bx lr, in memory that is no code */
    switch (attempt) {
    case READ_RAM:
    case LEND_FOREIGN:
    case WILD_RECEIVE:
        return others_memory();
    case WRITE_FLASH:
        return (uint32_t)&constant;
    case EXECUTE_RAM:
        return (uint32_t)&return_instruction;
    case READ_PERIPHERAL:
    case WILD_STACK:
        return CONFIG_FORBIDDEN;
    case WILD_POINTER:
        return 0xfffffff0;
    case STACK_EDGE:
        return (uint32_t)__stack_base;
    case READ_SYSTEM:
        return 0xe000ed00; /* CPUID */
    case ACCESS_UNALIGNED:
        return (uint32_t)&return_instruction + 1;
    case LEAVE_THUMB:
        return (uint32_t)attempt_name & ~1u;
    case STACK_OVERFLOW:
    case WILD_SYSCALL:
    case WILD_LOANS:
    case WILD_TASK:
    case USURP:
    case STEAL_INTERRUPT:
    case FORGE_NOTIFICATION:
    case UNDEFINED_INSTRUCTION:
    case DIVIDE_BY_ZERO:
    case DEEP:
    case SEMIHOSTING:
    case HANG:
        break;
    }
    return 0;
}

static void send_wildly(enum attempt attempt, uint32_t target)
{
    const struct i2c_transfer what = {0, 0};
    const struct loan foreign = {target, 4, LOAN_WRITE};
    struct message message = {
        .task = TASK_I2C,
        .operation = I2C_READ,
        .data = &what,
        .length = sizeof what,
        .loans = &foreign,
        .loan_count = 1,
    };
    if (attempt == WILD_POINTER) {
        message.data = (const void *)target;
        message.length = 0x7fffffff;
    } else if (attempt == WILD_LOANS) {
        message.loan_count = 0x55555556; /* times 12 bytes: 8 in 32 bits */
    } else if (attempt == WILD_TASK) {
        message.task = 0xffff;
    }
    (void)send(&message);
}

static void call_wildly(enum attempt attempt, uint32_t target)
{
    if (attempt == WILD_SYSCALL)
        svc(0xdeadbeef, target, target, target, target);
    else if (attempt == WILD_RECEIVE)
        (void)receive((void *)target, 4, 0);
    else if (attempt == USURP)
        restart_task(TASK_PONG);
    else if (attempt == FORGE_NOTIFICATION)
        notify(TASK_SUPERVISOR, UINT32_MAX);
    else
        irq_control(1, IRQ_ENABLE);
}

static void touch(enum attempt attempt, uint32_t target)
{
    if (attempt == WRITE_FLASH)
        *(volatile uint32_t *)target = 0;
    else if (attempt == ACCESS_UNALIGNED)
        __asm__ volatile("ldm %0, {r2, r3}" ::"r"(target) : "r2", "r3");
    else
        (void)*(const volatile uint32_t *)target;
}

static void execute(uint32_t target)
{
    __asm__ volatile("blx %0" ::"r"(target) : "r0", "r1", "r2", "r3", "r12", "lr", "memory");
}

static void spoil_stack(enum attempt attempt, uint32_t target)
{
    if (attempt == STACK_OVERFLOW)
        __asm__ volatile("0: push {r0-r7}\n\tb 0b");
    else if (attempt == STACK_EDGE)
        __asm__ volatile("mov sp, %0\n\tpush {r0-r8}" ::"r"(target + 32) : "memory");
    else
        __asm__ volatile("mov sp, %0\n\tsvc 0" ::"r"(target + 256) : "memory");
}

static void end_run(void)
{
    static const uint32_t block[2] = {0x20026, 0};
    register uint32_t r0 __asm__("r0") = 0x20;
    register const uint32_t *r1 __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
}

/* A list that ends one node too early, found so three calls deep. What follows each call keeps it
 * from becoming a jump. */
struct node {
    struct node *next;
    uint32_t weight;
};

static __attribute__((noinline)) uint32_t weigh_node(const volatile struct node *node)
{
    return node->weight;
}

static __attribute__((noinline)) uint32_t weigh_list(const struct node *first, uint32_t count)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i <= count; i++, first = first->next)
        sum += weigh_node(first);
    return sum;
}

static __attribute__((noinline)) void plan_route(uint32_t count)
{
    static const struct node only = {.next = 0, .weight = 3};
    if (weigh_list(&only, count) > count)
        panic("has followed a null pointer");
}

static void attempt_do(enum attempt attempt, uint32_t target)
{
    switch (attempt) {
    case READ_RAM:
    case WRITE_FLASH:
    case READ_PERIPHERAL:
    case READ_SYSTEM:
    case ACCESS_UNALIGNED:
        return touch(attempt, target);
    case EXECUTE_RAM:
        return execute(target | 1);
    case LEAVE_THUMB:
        return execute(target);
    case LEND_FOREIGN:
    case WILD_POINTER:
    case WILD_LOANS:
    case WILD_TASK:
        return send_wildly(attempt, target);
    case WILD_SYSCALL:
    case WILD_RECEIVE:
    case USURP:
    case STEAL_INTERRUPT:
    case FORGE_NOTIFICATION:
        return call_wildly(attempt, target);
    case STACK_OVERFLOW:
    case STACK_EDGE:
    case WILD_STACK:
        return spoil_stack(attempt, target);
    case UNDEFINED_INSTRUCTION:
        __asm__ volatile("udf 0");
        return;
    case DIVIDE_BY_ZERO:
        __asm__ volatile("udiv r0, r1, %0" ::"r"(0) : "r0");
        return;
    case DEEP:
        return plan_route(1);
    case SEMIHOSTING:
        return end_run();
    case HANG:
        for (;;)
            __asm__ volatile("");
    }
}

static void announce(enum attempt attempt, uint32_t target)
{
    struct line line = {.length = 0};
    line_text(&line, "saboteur: attempts ");
    line_text(&line, attempt_name(attempt));
    if (target) {
        line_text(&line, " at ");
        line_hex(&line, target);
    }
    line_print(&line);
}

int main(void)
{
    struct task_status self;
    (void)task_status(IMGBUILD_TASK_INDEX, &self);
    if (self.generation < ATTEMPT_COUNT) {
        const enum attempt attempt = attempts[self.generation];
        const uint32_t target = attempt_target(attempt);
        announce(attempt, target);
        attempt_do(attempt, target);
        panic("its attempt has succeeded");
    }
    (void)send(&(struct message){.task = TASK_SUPERVISOR, .operation = SUPERVISOR_DONE});
    for (;;)
        wait(0);
}
