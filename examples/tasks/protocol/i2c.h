/* What the I2C bus driver understands. A message is a struct i2c_transfer; loan 0 has the bytes. */
#ifndef PROTOCOL_I2C_H
#define PROTOCOL_I2C_H

#include <stdint.h>

enum i2c_operation {
    I2C_READ,  /* loan 0, writable: filled from the device */
    I2C_WRITE, /* loan 0, readable: sent to the device */
};

struct i2c_transfer {
    uint32_t device;
    uint32_t device_register; /* of the first byte; counts up */
};

enum i2c_code {
    I2C_OK,
    I2C_BAD_REQUEST,
    I2C_NO_DEVICE,
};

#endif
