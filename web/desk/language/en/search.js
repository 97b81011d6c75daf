/** Words of the room. */
export default {
};
