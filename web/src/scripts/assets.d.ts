// What the build turns into an address.
declare module "*.svg?url";
